package mask

import (
	"regexp"
	"strings"
)

const (
	hanNumber = `(?:[0-9]{1,5}|[一二三四五六七八九十百零〇]{1,5})`
	flat      = `(?:` + hanNumber + `(?:室|户|号房)|(?:[0-9]{3,4}|[一二三四五六七八九零〇]{3,4}))`
	building  = `(?:[0-9A-Za-z一二三四五六七八九十]{1,4}(?:号楼|栋|幢|座|楼))`
	unit      = `(?:` + hanNumber + `单元)`
)

var (
	// a road or village and a house number, perhaps with a building, an entrance, a flat
	chinaStreet = regexp.MustCompile(`\p{Han}{2,6}?(?:路|街|大街|大道|道|巷|弄|胡同|里|条|村|屯|组)(?:` + hanNumber + `(?:弄|巷|里|条))?([甲乙丙丁]?` + hanNumber + `号)-?(` + building + `?` + unit + `?` + flat + `?)`)
	// a flat of a building in a compound
	chinaFlat = regexp.MustCompile(`\p{Han}{0,8}?` + building + `-?(?:` + unit + `-?` + flat + `|` + unit + `|` + flat + `)`)
	// what comes before the name of a road or a compound and is no part of it
	lead = regexp.MustCompile(`^\p{Han}*?(?:家住在|家住|我住在|我住|住在|住|位于|地址是|地址|我家在|家在|我家|就在|在|是|到|去|离|的)`)

	americanStreet = regexp.MustCompile(`(?i)\b(?:(?:flat|unit|apt\.?|apartment|suite|room) ?#?([0-9]{1,4}[a-z]?|[a-z]),? )?(?:number |no\. ?|house )?([0-9]{1,5}[a-z]?(?:[-/][0-9]{1,5}[a-z]?)?)((?:,? (?:on |in )?)(?:[a-z0-9.']+ ){1,4}?)(street|st|avenue|ave|road|rd|lane|ln|drive|dr|court|ct|boulevard|blvd|place|pl|terrace|ter|way|square|sq|circle|cir|crescent|cres|parade|walk|row|hill|close|parkway|pkwy|gardens)\b\.?(?: (?:nw|ne|sw|se|n|s|e|w)\b)?(?:,? (?:apt\.?|apartment|unit|suite|flat|room|#) ?#?[0-9]{0,4}-?[a-z]?\b[0-9]*)?`)
	americanFlat   = regexp.MustCompile(`\b(?i:apt\.?|apartment|flat) ?#?(?:[0-9]{1,4}[A-Za-z]?|[A-Z])\b`)
	box            = regexp.MustCompile(`(?i)\bp\.? ?o\.? box [0-9]+`)
)

// notInStreets are words that show that the number before them counts something.
var notInStreets = set(`a about ago am and are at behind bikes block buses bus by cars children cm corner days dogs feet fell for from hours houses
	in inches is km lamps last left line lines lorries m men meters metres miles minutes months nights no of off on opposite or outside over past people per pm
	residents that the this times to trees under vans was weeks were with workers years`)

func addresses(v view, add add) {
	text := v.text
	if v.han {
		chineseAddresses(text, add)
	}
	if !v.latin {
		return
	}
	for from := 0; from < len(text); {
		m := americanStreet.FindStringSubmatchIndex(text[from:])
		if m == nil {
			break
		}
		if isStreet(before(text, from+m[0], 12), text[from+m[0]:from+m[4]], text[from+m[6]:from+m[7]]) {
			add(Address, from+m[0], from+m[1])
			from += m[1]
		} else {
			from += m[5] // the number counts something; go on behind it
		}
	}
	for _, m := range americanFlat.FindAllStringIndex(text, -1) {
		add(Address, m[0], m[1])
	}
	for _, m := range box.FindAllStringIndex(text, -1) {
		add(Address, m[0], m[1])
	}
}

func chineseAddresses(text string, add add) {
	for _, m := range chinaStreet.FindAllStringSubmatchIndex(text, -1) {
		// 42号院, 5号门, 3号线, 8号公馆: a compound, a gate, a metro line
		if next := after(text, m[1], 1); m[4] == m[5] && next != "" && strings.Contains("院楼门线公", next) {
			continue
		}
		add(Address, m[0]+len(lead.FindString(text[m[0]:m[2]])), m[1])
	}
	for _, m := range chinaFlat.FindAllStringIndex(text, -1) {
		if last := text[m[1]-1]; last >= '0' && last <= '9' && alphanumeric(after(text, m[1], 1)) {
			continue // a longer number
		}
		if n := len(lead.FindString(text[m[0]:m[1]])); n < m[1]-m[0] {
			add(Address, m[0]+n, m[1])
		}
	}
}

// isStreet says whether words after a number can be the name of a street: "on Harbour" can, "cars on Mill" cannot. A
// comma needs "number" before, and after a month the number is a day.
func isStreet(before, number, words string) bool {
	if strings.HasPrefix(words, ",") && !strings.ContainsAny(strings.ToLower(number), "no") || month.MatchString(before) {
		return false
	}
	fields := strings.Fields(strings.ToLower(strings.Trim(words, ", ")))
	if len(fields) > 0 && (fields[0] == "on" || fields[0] == "in") {
		fields = fields[1:]
	}
	if len(fields) == 0 {
		return false
	}
	for _, word := range fields {
		if notInStreets[word] {
			return false
		}
	}
	return true
}

var month = regexp.MustCompile(`(?i)\b(?:jan|feb|mar|apr|may|june?|july?|aug|sept?|oct|nov|dec)[a-z]*\.? $`)

func set(words string) map[string]bool {
	out := map[string]bool{}
	for _, word := range strings.Fields(words) {
		out[word] = true
	}
	return out
}
