package mask

import (
	"regexp"
	"strings"
	"time"
)

var (
	mailPattern    = regexp.MustCompile(`(?i)[a-z0-9._%+-]+@[a-z0-9-]+(?:\.[a-z0-9-]+)+`)
	spokenMail     = regexp.MustCompile(`(?i)[a-z0-9._%+-]+ ?(?:[\[(] ?at ?[\])]| at ) ?[a-z0-9-]+(?: ?(?:[\[(] ?dot ?[\])]| dot |\.) ?[a-z0-9-]+)+`)
	accountPattern = regexp.MustCompile(`(?i)(?:微信|wechat|weixin|\bwx\b|扣扣|\bqq)(?: ?(?:号码|账号|号|id|number|is|是|为))*[ :]*([a-z0-9][a-z0-9_-]{4,19})`)
)

func mails(text string, add add) {
	if strings.IndexByte(text, '@') >= 0 {
		for _, m := range mailPattern.FindAllStringIndex(text, -1) {
			add(Mail, m[0], m[1]-len(text[m[0]:m[1]])+len(strings.TrimRight(text[m[0]:m[1]], ".-")))
		}
	}
	lower := strings.ToLower(text)
	if strings.Contains(lower, "at") && strings.Contains(lower, "dot") || strings.Contains(lower, "(at)") || strings.Contains(lower, "[at]") {
		for _, m := range spokenMail.FindAllStringIndex(text, -1) {
			add(Mail, m[0], m[1])
		}
	}
	if strings.Contains(text, "微信") || strings.Contains(text, "扣扣") || strings.Contains(lower, "wechat") || strings.Contains(lower, "wx") || strings.Contains(lower, "weixin") || strings.Contains(lower, "qq") {
		for _, m := range accountPattern.FindAllStringSubmatchIndex(text, -1) {
			add(Mail, m[2], m[3])
		}
	}
}

var (
	residentPattern = regexp.MustCompile(`[1-9][0-9]{16}[0-9Xx]`)
	residentCued    = regexp.MustCompile(`(?:身份证|证件|居民证)(?:号码|号)?[^0-9]{0,6}([1-9][0-9]{13,16}[0-9Xx])`)
	securityPattern = regexp.MustCompile(`([0-9]{3})[- ]([0-9]{2})[- ]([0-9]{4})`)
	securityCued    = regexp.MustCompile(`(?i)(?:ssn|social security)[^0-9]{0,20}([0-9]{3})([0-9]{2})([0-9]{4})`)
)

func identities(text string, add add) {
	for _, m := range residentPattern.FindAllStringIndex(text, -1) {
		if whole(text, m[0], m[1]) && Resident(text[m[0]:m[1]]) {
			add(Identity, m[0], m[1])
		}
	}
	for _, m := range residentCued.FindAllStringSubmatchIndex(text, -1) {
		if whole(text, m[2], m[3]) {
			add(Identity, m[2], m[3])
		}
	}
	for _, pattern := range []*regexp.Regexp{securityPattern, securityCued} {
		for _, m := range pattern.FindAllStringSubmatchIndex(text, -1) {
			area, group, serial := text[m[2]:m[3]], text[m[4]:m[5]], text[m[6]:m[7]]
			// the Social Security Administration never gives these out
			if whole(text, m[2], m[7]) && area != "000" && area != "666" && area[0] != '9' && group != "00" && serial != "0000" {
				add(Identity, m[2], m[7])
			}
		}
	}
}

// Resident says whether the number is one that a Chinese resident identity card can bear (GB 11643-1999): a region, a date of
// birth from 1900 on, and the check digit of ISO 7064 MOD 11-2.
func Resident(number string) bool {
	if len(number) != 18 || number[0] < '1' || number[0] > '8' {
		return false
	}
	sum := 0
	for i := range 17 {
		if number[i] < '0' || number[i] > '9' {
			return false
		}
		sum = (sum + int(number[i]-'0')) * 2 % 11
	}
	check := (12 - sum) % 11
	last := number[17]
	if check == 10 && last|0x20 != 'x' || check < 10 && last != byte('0'+check) {
		return false
	}
	_, err := time.Parse("20060102", number[6:14])
	return err == nil && number[6:8] >= "18"
}

const chineseDigits = "〇零一幺二三四五六七八九"

var (
	phonePattern = regexp.MustCompile(`(?:\+|00)?[0-9][0-9() .-]{5,22}[0-9]|\([0-9]{3,4}\)[0-9 -]{6,9}[0-9]`)
	spokenPhone  = regexp.MustCompile(`[一幺1][` + chineseDigits + `]{10}`)
	chinaMobile  = regexp.MustCompile(`^(?:(?:\+|00)?86)?1[3-9][0-9]{9}$`)
	chinaLine    = regexp.MustCompile(`^(?:(?:\+|00)?860?|0)(?:10|2[0-9])[2-8][0-9]{7}$|^(?:(?:\+|00)?860?|0)[3-9][0-9]{2}[2-8][0-9]{6,7}$`)
	american     = regexp.MustCompile(`^(?:(?:\+|00)?1)?([2-9][0-9]{2})[2-9][0-9]{6}$`)
	day          = regexp.MustCompile(`^(?:19|20)[0-9]{2}([ .-]?)(?:0?[1-9]|1[0-2])[ .-]?(?:0?[1-9]|[12][0-9]|3[01])(?:[^0-9]|$)`)
	phoneCue     = regexp.MustCompile(`(?i)(?:电话|手机|号码|座机|固话|致电|拨打|联系|打|tel|phone|call|text|mobile|cell|fax|reach|number is|ring)[^0-9]{0,16}$`)
	otherCue     = regexp.MustCompile(`(?i)(?:matter|case|ticket|bill|claim|file|badge|serial|code|request|reference|ref|invoice|order|part|permit|receipt|meter|reads|zip|account|编号|单号|工单|订单|流水|读数|发票|票号|案号|受理|账号|客服|热线|hotline)[^0-9一-龥]{0,12}(?:number|no)?[^0-9]{0,4}$`)
)

func phones(text string, add add) {
	for _, m := range phonePattern.FindAllStringIndex(text, -1) {
		start, end := m[0], m[1]
		if text[start] != '(' && start > 0 && text[start-1] == '(' && strings.Contains(text[start:end], ")") {
			start--
		}
		number := strings.NewReplacer("(", "", ")", "", " ", "", ".", "", "-", "").Replace(text[start:end])
		lead := before(text, start, 24)
		if !whole(text, start, end) || day.MatchString(text[start:end]) || otherCue.MatchString(lead) {
			continue
		}
		cued := phoneCue.MatchString(lead)
		bare := !strings.ContainsAny(text[start:end], "() .-+")
		switch m := american.FindStringSubmatch(number); {
		case chinaMobile.MatchString(number), chinaLine.MatchString(number):
			add(Phone, start, end)
		case m != nil:
			// a toll-free number is nobody's; ten digits in a row need a word before them
			if tollFree := m[1][0] == '8' && (m[1] == "800" || m[1][1] == m[1][2]); !tollFree && (!bare || cued) {
				add(Phone, start, end)
			}
		case cued && (len(number) == 7 || len(number) == 8) && number[0] >= '2':
			add(Phone, start, end)
		case cued && text[start] == '+' && len(number) >= 9:
			add(Phone, start, end)
		}
	}
	for _, m := range spokenPhone.FindAllStringIndex(text, -1) {
		add(Phone, m[0], m[1])
	}
}

var (
	chinaPlate    = regexp.MustCompile(`[京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼][A-Za-z][ ·.-]?((?:[A-Za-z0-9] ?){4,5}[A-Za-z0-9学警挂港澳])`)
	americanPlate = regexp.MustCompile(`(?i:plates?|tag|registration|reg\.?|车牌号?)(?i: (?:number|no\.?|is|was|reads))*(?: ?[:#])? ?(?:[A-Z]{2} )?([A-Z0-9]{2,4}[ -]?[A-Z0-9]{2,4})`)
)

var plateWord = regexp.MustCompile(`(?i)plate|tag|reg|车牌`)

func plates(v view, add add) {
	if v.han {
		for _, m := range chinaPlate.FindAllStringSubmatchIndex(v.text, -1) {
			serial := v.text[m[2]:m[3]]
			if strings.ContainsAny(serial, "0123456789") && !alphanumeric(after(v.text, m[1], 1)) {
				add(Plate, m[0], m[1])
			}
		}
	}
	if !plateWord.MatchString(v.text) {
		return
	}
	for _, m := range americanPlate.FindAllStringSubmatchIndex(v.text, -1) {
		number := v.text[m[2]:m[3]]
		if whole(v.text, m[2], m[3]) && strings.ContainsAny(number, "0123456789") && len(number) >= 5 {
			add(Plate, m[2], m[3])
		}
	}
}
