// Package procedure is due process as states and limits, for every room in which somebody decides about what
// another has done: the one concerned is served with notice, may reply within a window, is heard where a
// hearing was asked for or called, and gets a decision with its reasons that can be contested within a window.
//
// It decides no case and knows no law of its own: a room says how long a window is and who may take a step.
// What it holds for all of them is the order, so that no room can forget it:
//
//   - nothing is decided before notice was served, and not before the reply is in or its window is over;
//   - a hearing that was asked for or called is held or waived before the decision, and never held before its hour;
//   - a decision names its result, what was found, the reasons and the law, or it is none;
//   - the limit for deciding is extended once, before it has run out; when it runs out nothing is decided by it.
//
// The steps and their order follow what laws of administrative procedure have in common: Administrative
// Reconsideration Law of the PRC (2023), art. 48 (notice, ten days to reply), 49–50 (hearing), 62 (sixty days, once thirty more),
// 75 (decision); Administrative Penalty Law of the PRC (2021), art. 44–45 (notice and reply), 63–65 (hearing).
//
// Everything here is a pure function on values; nothing reads a clock.
package procedure
