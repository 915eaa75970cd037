// Package boston holds 58,251 real requests to the city of Boston (July to December
// 2011) and derives a realm from them: places from the ward and neighbourhood polygons,
// bodies and posts from the departments and queues, categories from the services, limits
// from the city's own due times, and the responsibility list from who really handled
// what. README.md names source and licence; the derived tables are kept beside it as
// places.csv, categories.csv, bodies.csv, calendars.yaml and duty.csv for people to read.
//
// Nothing here writes to a realm: a replay takes these values through the real commands.
//
// # What the rows tell of a request's life
//
// Real, with its time: the report (Opened; Source says by whom: "Constituent Call" is the
// desk for a resident, "Self Service", "Citizens Connect App" and "Twitter" a resident,
// "Employee Generated" and "Maximo Integration" the city itself) and the closing (Closed).
// Real, but without a time: the department and queue that held the case last, so that a
// case whose Department is not the lead of the list changed hands at a moment nobody
// wrote down. Real, in the data: the due time the city set (Target) and its verdict.
//
// Inferred, because the source has no such step: acceptance, objection and ruling, any
// hand-over, the outcome and reason of the answer (the closing text was left out since it
// held phone numbers and addresses), the resident's word. A replay marks these steps so
// and counts them in no figure.
//
// The rows begin at Start. The demo is filled at Filled, 2012-01-01 00:00 in Boston: of
// the closings, 48,372 lie before it; 6,198 later ones are known but are not replayed, so
// 9,879 matters stand open; 3,681 of these the city never closed.
//
// # What is not the city's
//
// Officers, budget lines, the coordinating body and the limits for response and objection
// are invented for the demo and say so wherever they stand. No statute is cited: the data
// name none.
package boston
