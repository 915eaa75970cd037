package standing

import (
	"context"
	"fmt"
	"strconv"
	"strings"

	"skein/face"
	"skein/face/words"
	"skein/frame/civic"
	"skein/frame/clerk"
	"skein/frame/journal"
	"skein/frame/paper"
	"skein/frame/seal"
)

// ReportAPI is the doors of monthly reports for programs.
type ReportAPI struct {
	Site    *face.Site
	Ports   ReportPorts
	Figures *API // the running ones
	frozen  frozenKept
}

// Register adds the doors.
func (a *ReportAPI) Register() {
	s := a.Site
	face.Get(s, "/api/reports", "monthly-reports", "Monthly reports, the newest month first", a.list, "figures")
	face.Get(s, "/api/reports/{report}", "monthly-report", "One of them: its versions, what they say and by which digests they are signed", a.one, "figures")
	face.Get(s, "/api/reports/{report}/{file}", "monthly-report-file", "A file of a version: 1.csv, 1.csv-metadata.json, 1.en.pdf, 1.zh-Hans.pdf, the frozen figures 1.json, and the receipt of the act that signs them, 1.receipt.txt", a.file, "figures")
	face.Post(s, "/api/reports", "monthly-report-draft", "Freeze the figures of a month that is over, as the coordinating body of the place", func(ctx context.Context, in *reportBegin) (*face.ReceiptOut, error) {
		return a.run(ctx, in.Keyed, Report{}, in.Body, in.Body)
	}, "figures")
	reportDoor[RemarkReport](a, "remark", "Add remarks to the draft, instead of those that stand there")
	reportDoor[SignReport](a, "sign", "Sign the draft and publish its files")
}

// ReportIn names a report.
type ReportIn struct {
	Report string `path:"report" maxLength:"200" doc:"The month, 2011-12, and of one place its code behind a dot: 2011-12.ward-03"`
}

type reportBegin struct {
	face.Keyed
	Body DraftReport
}

type reportOn[C any] struct {
	face.Keyed
	ReportIn
	Body C
}

func reportDoor[C ReportCommand](a *ReportAPI, name, summary string) {
	face.Post(a.Site, "/api/reports/{report}/"+name, "monthly-report-"+name, summary, func(ctx context.Context, in *reportOn[C]) (*face.ReceiptOut, error) {
		r, err := a.Find(ctx, in.Report)
		if err != nil {
			return nil, err
		}
		return a.run(ctx, in.Keyed, r, in.Body, in.Body)
	}, "figures")
}

func (a *ReportAPI) run(ctx context.Context, k face.Keyed, r Report, c ReportCommand, asked any) (*face.ReceiptOut, error) {
	t, err := a.task(ctx, r, c)
	if err != nil {
		return nil, err
	}
	return a.Site.Command(ctx, t, k, asked)
}

// task makes the task of a command: figures are frozen, texts filed and files made before its turn. Whoever has no power for it gets nothing made.
func (a *ReportAPI) task(ctx context.Context, r Report, c ReportCommand) (clerk.Task, error) {
	realm := a.Site.Realm
	t := clerk.Task{Actor: face.Actor(ctx), Dossier: r.ID, Command: c, Seq: r.Seq}
	if d, ok := c.(DraftReport); ok {
		if d.Place == a.Ports.Bodies(realm.View()).Root() {
			d.Place = ""
		}
		t.Command, t.Dossier, t.Seq = d, ReportID(d.Month, d.Place), 0
	}
	if none, err := powerless(ctx, realm, t); none || err != nil {
		return t, err // her turn says so
	}
	var refusals civic.Refusals
	file := filing(realm.ID, &t, &refusals)
	switch c := t.Command.(type) {
	case DraftReport:
		c.Reason = file("reason", c.Reason, c.Looked)
		if err := a.freeze(ctx, &t, &c); err != nil {
			return t, err
		}
		t.Command = c
	case RemarkReport:
		c.Text = file("text", c.Text, c.Looked)
		t.Command = c
	case SignReport:
		if r.Draft == nil || c.Figures != r.Draft.Figures {
			break // her turn says so
		}
		p, err := a.paper(ctx, *r.Draft, len(r.Done)+1, r.Code(), t.Actor.Post)
		if err != nil {
			return t, err
		}
		files, err := p.files(a.Site)
		if err != nil {
			return t, err
		}
		c.Files = map[string]string{}
		for ending, content := range files {
			c.Files[ending] = fileDocument(realm.ID, &t, mediaOf(ending), content)
		}
		t.Command = c
	}
	if len(refusals) > 0 {
		return t, refusals
	}
	return t, nil
}

// freeze freezes a month's figures into a draft; a month that is not over, and one that has none, its turn refuses.
func (a *ReportAPI) freeze(ctx context.Context, t *clerk.Task, c *DraftReport) error {
	realm, v := a.Site.Realm, a.Site.Realm.View()
	places := a.Ports.Places(v)
	if !c.Month.Valid() || !c.Month.over(realm.Now(), a.Site.Zone()) || c.Place != "" && !places.HasPlace(c.Place) {
		return nil
	}
	f, at, err := freeze(ctx, realm.DB.R, realm.ID, c.Month, c.Place, places.Children(c.Place))
	if err != nil || len(f.Counts) == 0 {
		return err
	}
	named := func(of func(words.Voice) string) map[string]string {
		out := map[string]string{}
		for _, lang := range words.Languages {
			out[lang] = of(a.Site.VoiceIn(lang))
		}
		return out
	}
	f.Titles = named(func(voice words.Voice) string { return v.Settings.Title(voice.Lang) })
	if c.Place != "" {
		f.Name = named(func(voice words.Voice) string { return voice.Value(c.Place) })
	}
	for _, g := range f.Groups {
		for i, r := range g.Rows {
			if g.By == ByChannel || g.By == ByLanguage {
				continue // whose names are Skein's own words, not the realm's
			}
			g.Rows[i].Titles = named(func(voice words.Voice) string { return thing(voice, g.By, r.Code) })
		}
	}
	c.Figures, c.Upto = fileDocument(realm.ID, t, "application/json", f.Document()), at
	return nil
}

// paper is a version with its texts.
func (a *ReportAPI) paper(ctx context.Context, version ReportVersion, number int, code string, signer civic.PostID) (p reportPaper, err error) {
	p = reportPaper{Number: number, Drafted: version.Drafted, Post: signer}
	if address := a.Site.PublicURL; address != "" {
		p.Address = strings.TrimSuffix(address, "/") + ReportPath(code)
	}
	text, err := a.document(ctx, version.Figures)
	if err != nil {
		return p, err
	}
	if p.Frozen, err = a.frozen.of(version.Figures, text); err != nil {
		return p, err
	}
	for digest, to := range map[string]*string{version.Remarks: &p.Remarks, version.Reason: &p.Reason} {
		if digest == "" {
			continue
		}
		if text, err = a.document(ctx, digest); err != nil {
			return p, err
		}
		*to = string(text)
	}
	return p, nil
}

// document reads a document whose bytes are those that its digest names: what was changed is not shown.
func (a *ReportAPI) document(ctx context.Context, digest string) ([]byte, error) {
	_, content, err := journal.Document(ctx, a.Site.Realm.DB.R, a.Site.Realm.ID, digest)
	if err != nil {
		return nil, fmt.Errorf("a document of a report: %w", err)
	}
	if journal.DocumentDigest(content) != digest {
		return nil, civic.Refuse(civic.Unavailable, "report.changed_bytes", "digest", digest)
	}
	return content, nil
}

func mediaOf(ending string) string {
	if strings.HasSuffix(ending, "pdf") {
		return paper.Media
	}
	return "text/csv"
}

type reportFileIn struct {
	ReportIn
	File string `path:"file" maxLength:"40" pattern:"^[0-9]{1,4}\\.[a-zA-Z.-]+$" doc:"The number of the version and what the file is: 1.csv, 1.en.pdf …"`
}

// reportFile is a file with what it is called.
type reportFile struct {
	ContentType string `header:"Content-Type"`
	Name        string `header:"Content-Disposition"`
	Kept        string `header:"Cache-Control"`
	Body        []byte
}

var reportFileNone = civic.Refuse(civic.Missing, "report.no_file")

func (a *ReportAPI) file(ctx context.Context, in *reportFileIn) (*reportFile, error) {
	r, err := a.Find(ctx, in.Report)
	if err != nil {
		return nil, err
	}
	number, ending, _ := strings.Cut(in.File, ".")
	n, err := strconv.Atoi(number)
	version, ok := r.Version(n)
	if err != nil || !ok || number != strconv.Itoa(n) {
		return nil, reportFileNone
	}
	out := &reportFile{Name: fmt.Sprintf(`attachment; filename="report-%s-%s"`, r.Code(), in.File), Kept: "public, max-age=3600"}
	switch ending {
	case "json":
		out.ContentType = "application/json"
		out.Body, err = a.document(ctx, version.Figures)
	case "csv-metadata.json":
		d, err := dictionary(a.Site, number+".csv", "report.title", "report.public_only")
		if err != nil {
			return nil, err
		}
		out.ContentType, out.Body = d.ContentType, d.Body
	case "receipt.txt":
		acts, err := a.Site.Realm.Acts(ctx, r.ID)
		if err != nil {
			return nil, err
		}
		receipt, err := a.Site.Seal.Receipt(ctx, &acts[version.Act-1], seal.Doer) // all that the act says is public
		if err != nil {
			return nil, err
		}
		out.ContentType, out.Kept, out.Body = "text/plain; charset=utf-8", "no-store", receipt.Format()
	default:
		digest, ok := version.Files[ending]
		if !ok {
			return nil, reportFileNone
		}
		if out.ContentType = mediaOf(ending); ending == "csv" {
			out.ContentType += "; charset=utf-8"
		}
		out.Body, err = a.document(ctx, digest)
	}
	return out, err
}

// Find finds a report by its code.
func (a *ReportAPI) Find(ctx context.Context, code string) (Report, error) {
	none := civic.Refuse(civic.Missing, "report.none")
	m, place, ok := ParseReport(code)
	if !ok {
		return Report{}, none
	}
	s, _, err := a.Site.Realm.State(ctx, ReportID(m, place))
	if err != nil {
		return Report{}, err
	}
	if r, _ := s.(Report); r.Exists() {
		return r, nil
	}
	return Report{}, none
}

// ReportPath is the page of a report.
func ReportPath(code string) string { return "/reports/" + code }
