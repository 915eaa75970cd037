package load

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// tick is the unit of /proc/PID/stat on Linux: USER_HZ is 100.
const tick = 10 * time.Millisecond

type stat struct {
	parent      int
	own, reaped time.Duration // user and system time; that of ended children
	resident    int64         // bytes
}

// statOf reads /proc/PID/stat (proc(5)).
func statOf(pid int) (stat, error) {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return stat{}, err
	}
	f := strings.Fields(string(text[bytes.LastIndexByte(text, ')')+1:])) // the name in brackets may hold anything
	if len(f) < 22 {
		return stat{}, fmt.Errorf("load: /proc/%d/stat has %d fields", pid, len(f))
	}
	n := func(i int) int64 { // i as proc(5) counts, from 1; two are before the bracket
		v, _ := strconv.ParseInt(f[i-3], 10, 64)
		return v
	}
	return stat{
		parent: int(n(4)), own: time.Duration(n(14)+n(15)) * tick, reaped: time.Duration(n(16)+n(17)) * tick,
		resident: n(24) * int64(os.Getpagesize()),
	}, nil
}

// CPU is the processor time, user and system, that a process has used.
func CPU(pid int) time.Duration {
	s, _ := statOf(pid)
	return s.own
}

// Resident is how much memory a process holds, in bytes.
func Resident(pid int) int64 {
	s, _ := statOf(pid)
	return s.resident
}

// FamilyCPU is that of a process, its children and those of its children that have ended.
func FamilyCPU(pid int) time.Duration {
	s, err := statOf(pid)
	if err != nil {
		return 0
	}
	sum := s.own + s.reaped
	all, _ := filepath.Glob("/proc/[0-9]*") // the pattern is well formed
	for _, dir := range all {
		child, err := strconv.Atoi(filepath.Base(dir))
		if err != nil {
			continue
		}
		if c, err := statOf(child); err == nil && c.parent == pid {
			sum += c.own
		}
	}
	return sum
}

// Parent is the process that started another; 0 if it cannot be told.
func Parent(pid int) int {
	s, _ := statOf(pid)
	return s.parent
}

// OwnCPU is the processor time of this process.
func OwnCPU() time.Duration {
	var u syscall.Rusage
	if syscall.Getrusage(syscall.RUSAGE_SELF, &u) != nil {
		return 0
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// MostResident is the most memory that an ended process had at once, in MB.
func MostResident(p *os.ProcessState) float64 {
	if u, ok := p.SysUsage().(*syscall.Rusage); ok {
		return float64(u.Maxrss) * 1024 / 1e6
	}
	return 0
}
