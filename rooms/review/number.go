package review

import (
	"strconv"
	"strings"

	"skein/frame/civic"
)

// Number is what people call an appeal: the number of its matter and a count: "644-495-6746-1".
// It tells nothing that the matter's own number does not.
type Number string

// String is the number as it is written.
func (n Number) String() string { return string(n) }

// ID is the dossier of the appeal that an act of a matter begins: the act names it, so that it begins once.
func ID(matter civic.DossierID, act int64) civic.DossierID {
	return civic.DossierID(Kind + "/" + matter.Key() + "." + strconv.FormatInt(act, 10))
}

// ofMatter splits a number into its matter's and the count.
func (n Number) ofMatter() (matter string, count int, ok bool) {
	i := strings.LastIndexByte(string(n), '-')
	if i <= 0 {
		return "", 0, false
	}
	count, err := strconv.Atoi(string(n)[i+1:])
	return string(n)[:i], count, err == nil && count > 0
}

// number is the number of an appeal of a matter.
func number(matter string, count int) Number {
	return Number(matter + "-" + strconv.Itoa(count))
}
