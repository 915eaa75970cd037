// Package load makes work for a server and watches what it costs: a town to report in, a
// generator of reports over keep-alive connections, a server as a child process and the
// processor time of processes. The benchmarks and the tests of faults share it.
package load
