package mask

import (
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// surnames are the commonest, four in five of all; those that are everyday words as well (区, 管, 车, 水, 平) are left out.
const surnames = `王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘于蒋蔡余杜叶程苏魏吕丁任沈姚卢姜崔钟谭陆汪范金石廖贾夏韦付傅方白邹孟熊秦邱江尹薛闫段雷侯龙史陶黎贺顾毛郝龚邵万钱严覃武戴莫孔向汤温康施文牛樊葛邢安齐易乔伍庞颜倪庄聂章鲁岳翟殷詹申欧耿关兰焦俞左柳甘祝包宁尚符舒阮柯纪梅童凌毕单季裴霍涂成苗谷曲盛冉翁蓝骆路游辛靳柴蒙鲍华喻祁蒲房滕屈饶解牟艾尤时穆农司卓古吉缪简项连芦麦褚娄窦戚岑景党宫费卜冷晏席卫米柏宗瞿桂全佟应臧闵苟邬边卞姬师和仇栾隋商刁沙荣巫寇桑郎甄丛仲虞敖巩明佘池查麻苑迟邝`

var (
	compound = regexp.MustCompile(`^(?:欧阳|司马|上官|诸葛|东方|夏侯|皇甫|尉迟|公孙|慕容|司徒|令狐|端木|长孙|宇文|南宫)`)
	// what stands after a name
	// what stands after a name of three characters
	loosely = regexp.MustCompile(`^(?:独|欠|上|没|无|生|受|遭|摔|打|拿|给|到|去|收|开)`)
	ends    = regexp.MustCompile(`^(?:$|[^\p{Han}]|电话|手机|家住|家里|家的|家漏|家在|住|今年|身份证|在|是|的|和|家|反映|投诉|说|已|因|从|被|于|有|也|把|要|都|不|来|未|,)`)
	between = regexp.MustCompile(`^(?:叫|是|为)?[ :,]*`)
	signoff = regexp.MustCompile(`[.。!！?？\n~\-]\s*(\p{Han}{2,4})[.。]?\s*$`)
)

var (
	titles = words(`先生 女士 小姐 师傅 老师 医生 大夫 护士 主任 经理 局长 科长 处长 书记 警官 法官 律师 教授 阿姨 叔叔 大爷 大妈 大姐 大哥 大叔 大嫂 奶奶 爷爷 太太 夫人
		同志 院长 校长 所长 队长 站长 村长 镇长 区长 市长 老板 会计 房东 同学 工程师`)
	// strong words are followed by a name whatever comes after it; weak ones only if the name ends there
	strong = words(`我叫 我名叫 名叫 名字是 名字叫 姓名 联系人 报修人 投诉人 反映人 申请人 举报人 签名 署名 落款 此致敬礼`)
	weak   = words(`我是 本人 户主 业主 租户 租客 邻居 房东 老板 家属 患者 病人 当事人 我儿子 我女儿 我母亲 我父亲 我妈 我爸 我爱人 我丈夫 我妻子 找 联系 问问 职工 工人 同事 工头 司机
		负责人 老人 孩子 学生 网格员 保安`)
	// before these stands who said it, at the beginning of a sentence
	told = words(`反映 投诉 来电 致电 举报 来信 称`)
	// after these 老李 is a form of address
	familiar = words(`找 叫 给 问 联系 邻居 保安 门卫 师傅 司机 同事`)
)

// dictionary finds words; each first character has its words, longest first.
type dictionary map[rune][]string

func words(list string) dictionary {
	d := dictionary{}
	for _, word := range strings.Fields(list) {
		c, _ := utf8.DecodeRuneInString(word)
		d[c] = append(d[c], word)
	}
	for _, list := range d {
		slices.SortFunc(list, func(a, b string) int { return len(b) - len(a) })
	}
	return d
}

// at returns the longest word with which a text begins, "" if none.
func (d dictionary) at(text string) string {
	c, _ := utf8.DecodeRuneInString(text)
	for _, word := range d[c] {
		if strings.HasPrefix(text, word) {
			return word
		}
	}
	return ""
}

// after these a surname is the end of another word: 关于先生产, 提高老师待遇.
var wordEnds = map[rune]string{
	'于': "关由对位至终处属等在基源出便利", '高': "提最很较增崇升偏", '黄': "金橙枯扫发", '白': "明雪苍空表坦", '方': "地对双各警官校院医买卖甲乙资厂多一南北东西前后上下施物我他她对",
	'时': "小及当有同按随", '和': "共缓暖平", '任': "责主信担", '成': "完造变达建组", '安': "公治保不平西", '金': "现奖押基资", '张': "一两几紧纸夸扩", '段': "路地阶一这那", '全': "安完健",
	'万': "几千百数十两", '向': "方", '明': "说证表", '温': "高室体低", '程': "工过课流", '文': "语中英", '单': "工订名", '解': "了不理", '管': "水主保城", '师': "老律厨技", '房': "住楼危厨", '路': "公马道修",
	'车': "汽停货", '应': "反供", '连': "接", '边': "旁路", '卫': "门保护环", '平': "水", '关': "有相机开", '易': "容交",
}

// notGiven are words that begin with a surname, or what with a surname makes a word.
var notGiven = regexp.MustCompile(`^(?:辛苦|施工|石材|方面|方便|方向|张贴|高层|高温|高速|高中|高考|高空|高压|黄色|白天|白色|金属|金融|马路|马上|安全|安置|安徽|安装|安排|万达|常住|车主|车辆|车间|车位|江边|江苏|江西|水电|温室|温度|时候|时间|段时|程序|严重|何时|毛病|全体|全家|全部|全是|包工|连锁|平安|武汉|广州|温州|苏州|徐州|成都|成了|陈旧|古老|于是|关于|关心|关门|路上|路灯|路面|路边|路口|房东|房子|房屋|房租|农民|农村|明天|明显|和平|和我|司机|华人|文化|文明|白云|金钱|单位|单元|方式|方法|解决|解释|管理|管道|师傅|应该|应当|易燃|边上|边境|商店|商场|商户|项目|向前|向我|许多|任何|任务|查处|查看|游泳|游客|连续|荣誉|龙头|龙江|田地|林业|梁上|石头|江北|江南|河南|宁波|云南|雷雨|夏天|夏季|景区|时常|都是|全市|卫生|卫健|党员|党委|宫外|房管|季度|季节|祝好|祝您|余额|余款|甘肃|汤水|花园|向阳|古城|农场|连接|沙子|沙土|明明|成天|应急|毕业|毕竟|谷物|曲折|章程|顾客|莫名|冷冰|冷水|冷得|左右|左边|牛奶|童车|项链|简单|简直|尤其|舒适|武装|米饭|米线|钱款|钱包|段路|谢谢|麻烦|费用|费心|万分|查询|查明|管不|解放|柴油|蓝色|温馨|易拉|全程|任意|高新|高铁|高峰|高达|高楼|白费|金额|张数|成本|康复|康乐|强烈|严查|严惩|何况|余下|文件|方案|项下|包括|包裹|单独|安静|安宁|武术|申请|申诉|华侨|乔迁|盛夏|全天|和谐|边角|关闭|关注|关系|石化|路段|路过|路人|路政|路牙|连日|明确|应予|商业|商铺|商贩|时段|时隔|农贸|农药|车流|车牌|车库|车站|车道|车棚)`)

func chineseNames(text string, add add) {
	for i, c := range text {
		if c < 0x2e80 {
			continue
		}
		rest := text[i:]
		if title := titles.at(rest); title != "" && !strings.HasPrefix(rest[len(title):], "们") && !brokenTitle(title, after(rest, len(title), 1)) {
			if start, ok := surnameBefore(text, i); ok {
				add(Name, start, i)
			}
		}
		if cue := strong.at(rest); cue != "" {
			from := i + len(cue) + len(between.FindString(rest[len(cue):]))
			add(Name, from, from+nameAfter(text[from:], true))
		}
		if cue := weak.at(rest); cue != "" {
			from := i + len(cue) + len(between.FindString(rest[len(cue):]))
			add(Name, from, from+nameAfter(text[from:], false))
		}
		if cue := familiar.at(rest); cue != "" {
			prefix := after(rest, len(cue), 1)
			from := i + len(cue) + len(prefix)
			family := after(text, from, 1)
			if prefix != "" && strings.Contains("老小阿", prefix) && family != "" && strings.Contains(surnames, family) && ends.MatchString(text[from+len(family):]) {
				add(Name, from, from+len(family))
			}
		}
		if told.at(rest) != "" {
			for n := 3; n >= 2; n-- {
				name := before(text, i, n)
				if previous := before(text, i-len(name), 1); utf8.RuneCountInString(name) == n && !allHan(previous) && nameAfter(name, false) == len(name) {
					add(Name, i-len(name), i)
					break
				}
			}
		}
		if c == '姓' && !strings.Contains("百贵同", before(text, i, 1)) {
			from := i + len("姓")
			if n := familyName(text[from:]); n > 0 && ends.MatchString(text[from+n:]) {
				add(Name, from, from+n)
			}
		}
	}
	if m := signoff.FindStringSubmatchIndex(text); m != nil {
		if n := nameAfter(text[m[2]:m[3]], false); n == m[3]-m[2] {
			add(Name, m[2], m[3])
		}
	}
}

// surnameBefore finds where the name ends at a title: a surname and at most two more characters. The longest
// wins if what is before it is no part of it as far as can be told.
func surnameBefore(text string, title int) (int, bool) {
	for n := 4; n >= 1; n-- {
		candidate := before(text, title, n)
		if utf8.RuneCountInString(candidate) != n || !allHan(candidate) {
			continue
		}
		start := title - len(candidate)
		family := familyName(candidate)
		if family == 0 || utf8.RuneCountInString(candidate[family:]) > 2 || notGiven.MatchString(candidate) {
			continue
		}
		previous, _ := utf8.DecodeLastRuneInString(text[:start])
		first, _ := utf8.DecodeRuneInString(candidate)
		if strings.ContainsRune(wordEnds[first], previous) {
			continue
		}
		// 和李四女士, 问王先生: a word that is a surname too, before a name
		if rest := candidate[utf8.RuneLen(first):]; strings.ContainsRune(particles, first) && familyName(rest) > 0 {
			return start + utf8.RuneLen(first), true
		}
		return start, true
	}
	return 0, false
}

// particles are surnames that more often are a word before a name.
const particles = `和向于任时应关解查祝连全`

// brokenTitle says whether a title and what follows it are other words: 先生产 is 先 and 生产.
func brokenTitle(title, next string) bool {
	switch title {
	case "先生":
		return next == "产" || next == "活"
	case "同学":
		return next == "校"
	case "会计":
		return next == "划" || next == "算"
	}
	return false
}

// nameAfter returns the length of the name with which a text begins, 0 if none: a surname and one or two characters, the most
// after which it can end. A name after a strong word may also run on.
func nameAfter(text string, strong bool) int {
	family := familyName(text)
	if family == 0 || notGiven.MatchString(text) {
		return 0
	}
	for n := 2; n >= 1; n-- {
		given := after(text, family, n)
		if utf8.RuneCountInString(given) == n && allHan(given) && (ends.MatchString(text[family+len(given):]) || n == 2 && loosely.MatchString(text[family+len(given):])) && titles.at(given) == "" {
			return family + len(given)
		}
	}
	if next := after(text, family, 1); strong && next != "" && !allHan(next) {
		return family
	}
	if given := after(text, family, 2); strong && allHan(given) {
		return family + len(given)
	}
	return 0
}

// familyName returns the length of the surname with which a text begins, 0 if none.
func familyName(text string) int {
	if m := compound.FindString(text); m != "" {
		return len(m)
	}
	c, size := utf8.DecodeRuneInString(text)
	if unicode.Is(unicode.Han, c) && strings.ContainsRune(surnames, c) {
		return size
	}
	return 0
}

func allHan(text string) bool {
	for _, c := range text {
		if !unicode.Is(unicode.Han, c) {
			return false
		}
	}
	return text != ""
}
