package fences

import (
	"fmt"
	"io/fs"
	"sort"
	"strings"
)

// levels are the floors of the house from the ground up; a folder imports its own floor and those below.
var levels = []string{"frame/civic", "science", "frame", "face", "rooms", "demo", "cmd"}

// imports says where an import goes up, where rooms know each other, and where what ships leans on test support.
func imports(tree fs.FS) ([]string, error) {
	files, err := sources(tree)
	if err != nil {
		return nil, err
	}
	var broken []string
	for _, s := range files {
		from := level(s.file)
		for _, full := range s.imports {
			to, ours := strings.CutPrefix(full, module)
			if !ours {
				continue
			}
			switch {
			case strings.HasPrefix(to, "internal/"):
				if !s.test && !strings.HasPrefix(s.file, "internal/") {
					broken = append(broken, fmt.Sprintf("%s imports %s, which is for tests", s.file, to))
				}
			case from < 0:
				// internal, scripts and fences stand beside the house
			case level(to+"/") > from:
				broken = append(broken, fmt.Sprintf("%s imports %s: imports go down only (cmd, demo, rooms, face, frame, science, civic)", s.file, to))
			case room(s.file) != "" && room(to+"/") != "" && room(s.file) != room(to+"/"):
				broken = append(broken, fmt.Sprintf("%s imports %s: rooms never import each other; declare what you need and let cmd plug it in", s.file, to))
			case strings.HasPrefix(s.file, "frame/civic/") && !strings.HasPrefix(to, "frame/civic"):
				broken = append(broken, fmt.Sprintf("%s imports %s: civic imports nothing of ours", s.file, to))
			}
		}
	}
	sort.Strings(broken)
	return broken, nil
}

// level is the floor of a file or folder, or -1 when it stands beside the house.
func level(file string) int {
	for i, floor := range levels { // frame/civic comes before frame
		if strings.HasPrefix(file, floor+"/") {
			return i
		}
	}
	return -1
}

// room names the room that a file belongs to, or "".
func room(file string) string {
	rest, ok := strings.CutPrefix(file, "rooms/")
	if !ok {
		return ""
	}
	name, _, below := strings.Cut(rest, "/")
	if !below {
		return ""
	}
	return name
}
