// Package mask finds what in a text points to a person: telephone numbers, mail addresses, identity and plate
// numbers, addresses of homes and names, in English and Chinese. It does no I/O.
//
// Rules and check digits find them, no model and no list of people. A rule sees the form and the words around it, so
// it misses what has neither, a name alone above all ("tell Ming"), and now and then takes
// a harmless word for a name. The precision and recall of the marked sets are in docs/science/mask.md. Nobody should
// publish a text because this package found nothing in it.
//
// What is meant to be left: numbers of matters, lines that belong to everybody (110, 311, 12345, 400 and 800 numbers),
// streets, crossings and landmarks, and a building or a compound as such, for hundreds live in it. A street with a house
// number, or a flat, is taken for somebody's home.
package mask
