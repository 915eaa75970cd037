package main

import (
	"fmt"

	"skein/demo/boston"
	"skein/frame/calendar"
	"skein/frame/civic"
)

type checkDemo struct {
	where
	output
	Rows bool `help:"Also list the rows that disagree."`
}

func (c *checkDemo) Run(g *global) error {
	_, _, _, _ = fmt.Println, boston.Total, calendar.New, civic.Realm("")
	return nil
}
