package mask

import (
	"regexp"
	"slices"
	"strings"
	"unicode"
)

const (
	capital = `(?:(?:van|von|de|der|den|da|di|del|la|bin|al|el|du) )*(?:Mc|Mac|O'|D'|L')?\p{Lu}[\p{L}]+(?:['-]\p{Lu}[\p{L}]+)*`
	person  = `(?:\p{Lu}\. ?){0,3}` + capital + `(?: \p{Lu}\.)?(?: ` + capital + `){0,2}`
)

var (
	titled     = regexp.MustCompile(`\b(?:Mr|Mrs|Ms|Mx|Dr|Prof|Sgt|Capt|Lt|Rev|Hon)(?:\.|\b) ?(?:and (?:Mr|Mrs|Ms)\.? )?(` + person + `)|\b(?:Miss|Professor|Doctor|Officer|Sergeant|Captain|Lieutenant|Detective|Inspector|Constable|Councill?or|Alderman|Judge|Justice|Mayor|Senator|Sir|Lady|Lord|Sister|Brother|Father|Pastor|Reverend|Nurse|Auntie|Aunt|Uncle) (` + person + `)`)
	greeted    = regexp.MustCompile(`\b(?i:dear|hi|hello|hey) (` + person + `)(?: and (` + person + `))?(?:[,!:.]|$)`)
	introduced = regexp.MustCompile(`(?i:\b(?:my|his|her|their) name(?: is|'s|:)|\bname:|\bsigned by|\bsigned,?|\bcontact:? person:?|\bfull name:?) (` + person + `)`)
	parting    = regexp.MustCompile(`(?i:\bregards|\bthanks|\bthank you|\bcheers|\bbest),\s+([a-z][a-z'-]+)[.!]?\s*$`)
	here       = regexp.MustCompile(`(?:^|[.!?]\s+)(` + capital + ` ` + capital + `) here\b`)
	lowercase  = regexp.MustCompile(`(?i:\bmy name is|\bmy name's|\bname:) ([a-z][a-z'-]+(?: [a-z][a-z'-]+)?)`)
	two        = regexp.MustCompile(`(?i:\bi am|\bi,|\bi'm|\bthis is|\bit's|\bask for|\bcontact|\bspoke to|\bspoke with|\btalked to|\bcalled|\bnamed|\breported by|\bc/o) (` + capital + `(?: \p{Lu}\.)? ` + capital + `)`)
	related    = regexp.MustCompile(`(?i:\bmy|\bour|\bthe) (?i:neighbou?r|son|daughter|husband|wife|mother|father|brother|sister|landlord|landlady|boss|tenant|friend|flatmate|caretaker|child),? (` + person + `)`)
	closed     = regexp.MustCompile(`(?i:\bregards|\bsincerely(?: yours)?|\byours(?: truly| faithfully| sincerely)?|\bthanks(?: again| in advance)?|\bthank you(?: in advance)?|\bcheers|\bbest(?: wishes)?|\brespectfully)[,.!]?\s+(` + person + `)[.!]?\s*$`)
)

// notNames are words that stand capitalised where a name could.
var notNames = set(`a again all am an and any anyone anyway are at avenue board boston boulevard bridge but bye call can car christmas church city citizens class close
	committee community council councillor court deaf department dear director doctor dr drive editor every everybody everyone fire folks for from friends general good
	green hall he hello help hi hill how i if in irish is it just lane lead let like madam main management manager mayor may members miss morning mr mrs ms my neighbors neighbours no
	nobody not office officer officers on one our owner park parents people please police president prof professor public residents road room santa school she since sir sirs so some somebody someone square
	staff station street subject team tenants thank thanks that the there these they this to today town tomorrow traffic very we when where who why works yours you`)

// streetWords after a name show that it is a street's or a place's: "Dr. Martin Luther King Jr. Boulevard".
var streetWords = regexp.MustCompile(`^\.?(?: Jr\.?| Sr\.?)?(?: \p{Lu}\p{L}+)? (?:Department|Office|Team|Council|Street|St\b|Avenue|Ave\b|Road|Rd\b|Lane|Drive|Dr\b|Boulevard|Blvd|Court|Square|Place|Park|Bridge|School|Library|Hospital|Church|Station|Center|Centre|Way|Highway|Playground)`)

// cues are the words without which a pattern cannot match.
var cues = []struct {
	words   map[string]bool
	pattern *regexp.Regexp
}{
	{set(`mr mrs ms mx dr prof sgt capt lt rev hon miss professor doctor officer sergeant captain lieutenant detective inspector constable councillor councilor
		alderman judge justice mayor senator sir lady lord sister brother father pastor reverend nurse auntie aunt uncle`), titled},
	{set(`dear hi hello hey`), greeted},
	{set(`name name's signed person`), introduced},
	{set(`am i i'm is it's for contact to with called named by o`), two},
	{set(`neighbour neighbor son daughter husband wife mother father brother sister landlord landlady boss tenant friend flatmate caretaker child`), related},
	{set(`here`), here},
	{set(`regards sincerely yours truly faithfully thanks again advance you cheers best wishes respectfully`), closed},
	{set(`name name's`), lowercase},
	{set(`regards thanks you cheers best`), parting},
}

func englishNames(text string, add add) {
	words := strings.FieldsFunc(strings.ToLower(text), func(c rune) bool { return !unicode.IsLetter(c) && c != '\'' })
	for _, cue := range cues {
		if !slices.ContainsFunc(words, func(word string) bool { return cue.words[word] }) {
			continue
		}
		for _, m := range cue.pattern.FindAllStringSubmatchIndex(text, -1) {
			for group := 2; group < len(m); group += 2 {
				if m[group] >= 0 {
					name(text, m[group], m[group+1], add)
				}
			}
		}
	}
}

// name takes the words of a stretch up to the first that is none of a name, unless a street follows.
func name(text string, start, end int, add add) {
	if streetWords.MatchString(text[end:]) {
		return
	}
	// "Elm Dr. Please": a street's ending, not a title
	if suffixed.MatchString(before(text, start, 60)) {
		return
	}
	stop := start
	for from := start; from < end; {
		to := strings.IndexByte(text[from:end], ' ')
		if to < 0 {
			to = end - from
		}
		word := strings.Trim(strings.ToLower(text[from:from+to]), ".'-")
		if placeWord[word] {
			return // Dear Housing Department
		}
		if notNames[word] {
			break
		}
		stop = from + to
		from = stop + 1
	}
	add(Name, start, stop)
}

var (
	suffixed  = regexp.MustCompile(`\b(?:on|off|of|at|near|along|down|and|to|from|[0-9]+[A-Za-z]?) (?:\p{Lu}\p{L}+ ){1,3}Dr\.? ?$`)
	placeWord = set(`street avenue road lane drive boulevard court crescent parade terrace parkway department office council team services authority library hospital school`)
)
