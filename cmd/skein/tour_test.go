package main

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// The tour shows ten pages that there are, says what each picture is, and lacks none: `make tour` writes the folder anew.
func TestTour(t *testing.T) {
	t.Parallel()
	const folder, most = "../../docs/tour", 3 << 20 // what the pictures may weigh together
	text, err := os.ReadFile(filepath.Join(folder, "README.md"))
	if err != nil {
		t.Fatal(err)
	}
	paths := regexp.MustCompile("(?m)^`(/.*)`$").FindAllStringSubmatch(string(text), -1)
	if len(paths) != 10 {
		t.Errorf("the tour has %d pages, not ten", len(paths))
	}
	for _, path := range paths {
		if everyPage["GET "+path[1]] == nil { // held to the doors themselves by TestEveryPage
			t.Errorf("the tour shows %s, which is no page", path[1])
		}
	}
	var shown []string
	for _, picture := range regexp.MustCompile(`(?m)^(\S.*)\n\n<img src="([a-z]+-\d\.webp)" alt="[^"]+" width="(360|1280)">$`).FindAllStringSubmatch(string(text), -1) {
		if !strings.HasSuffix(picture[1], ".") {
			t.Errorf("%s has no sentence: %s", picture[2], picture[1])
		}
		shown = append(shown, picture[2])
	}
	files, err := os.ReadDir(folder)
	if err != nil {
		t.Fatal(err)
	}
	var size int64
	var kept []string
	for _, f := range files {
		if f.Name() == "README.md" {
			continue
		}
		content, err := os.ReadFile(filepath.Join(folder, f.Name()))
		if err != nil {
			t.Fatal(err)
		}
		if len(content) < 16 || string(content[:4]) != "RIFF" || string(content[8:12]) != "WEBP" {
			t.Errorf("%s is no picture", f.Name())
		}
		size += int64(len(content))
		kept = append(kept, f.Name())
	}
	slices.Sort(shown)
	if !slices.Equal(shown, kept) {
		t.Errorf("the tour tells of %q and has %q", shown, kept)
	}
	if size > most {
		t.Errorf("the pictures weigh %d bytes, more than %d", size, most)
	}
	readme, err := os.ReadFile("../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, link := range regexp.MustCompile(`docs/tour/[^)\s]+`).FindAllString(string(readme), -1) {
		if _, err := os.Stat("../../" + link); err != nil {
			t.Errorf("the README shows %v", err)
		}
	}
}
