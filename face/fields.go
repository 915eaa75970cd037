package face

import (
	"encoding/json"
	"errors"
	"strings"
	"sync"
	"unicode/utf8"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/validation"

	"skein/face/words"
)

// The API frame says what is wrong with a field in English sentences, but leaves those of
// its validation open to be replaced. They are replaced by message keys with arguments, so
// that each reason can be told in the reader's language.

// keySign begins a sentence that is a key; argSign comes before each argument.
const keySign, argSign = "\x1e", "\x1f"

// fieldKeys are the frame's sentences that our doors can meet.
var fieldKeys = []struct {
	sentence *string
	key      string
	args     []string
}{
	{&validation.MsgUnexpectedProperty, "face.field_unexpected", nil},
	{&validation.MsgExpectedRequiredProperty, "face.field_required", []string{"name"}},
	{&validation.MsgExpectedDependentRequiredProperty, "face.field_dependent", []string{"name", "other"}},
	{&validation.MsgExpectedString, "face.field_text", nil},
	{&validation.MsgExpectedBoolean, "face.field_boolean", nil},
	{&validation.MsgExpectedNumber, "face.field_number", nil},
	{&validation.MsgExpectedInteger, "face.field_integer", nil},
	{&validation.MsgExpectedArray, "face.field_list", nil},
	{&validation.MsgExpectedObject, "face.field_object", nil},
	{&validation.MsgExpectedOneOf, "face.field_one_of", []string{"values"}},
	{&validation.MsgExpectedMinimumNumber, "face.field_minimum", []string{"least"}},
	{&validation.MsgExpectedMaximumNumber, "face.field_maximum", []string{"most"}},
	{&validation.MsgExpectedMinLength, "face.field_short", []string{"least"}},
	{&validation.MsgExpectedMaxLength, "face.field_long", []string{"most"}},
	{&validation.MsgExpectedMinItems, "face.field_few", []string{"least"}},
	{&validation.MsgExpectedMaxItems, "face.field_many", []string{"most"}},
	{&validation.MsgExpectedBePattern, "face.field_pattern", []string{"pattern"}},
	{&validation.MsgExpectedMatchPattern, "face.field_pattern", []string{"pattern"}},
	{&validation.MsgExpectedRFC3339DateTime, "face.field_time", nil},
	{&validation.MsgExpectedRFC3339Date, "face.field_date", nil},
	{&validation.MsgExpectedBase64String, "face.field_base64", nil},
}

// otherFields are sentences of the frame that cannot be replaced.
var otherFields = map[string]string{
	"invalid integer":               "face.field_integer",
	"invalid float":                 "face.field_number",
	"invalid boolean":               "face.field_boolean",
	"unknown query parameter":       "face.field_unexpected",
	"At least one file is required": "face.field_file",
	"File required":                 "face.field_file",
}

var replaceSentences = sync.OnceFunc(func() {
	for _, f := range fieldKeys {
		*f.sentence = keySign + f.key + strings.Repeat(argSign+"%v", len(f.args))
	}
})

// broken says where a body stops being JSON, by line and character as an editor counts them; no key where it does not.
func broken(body any) (key string, args map[string]any) {
	text, _ := body.(string)
	var wrong *json.SyntaxError
	if !errors.As(json.Unmarshal([]byte(text), new(any)), &wrong) || text == "" {
		return "", nil
	}
	at := int(wrong.Offset) - 1 // of what was read last
	if at < 0 || wrong.Error() == "unexpected end of JSON input" {
		return "face.body_ends", nil
	}
	character, _ := utf8.DecodeRuneInString(text[at:])
	line := text[strings.LastIndexByte(text[:at], '\n')+1 : at]
	return "face.body_character", map[string]any{
		"character": string(character), "line": strings.Count(text[:at], "\n") + 1, "place": utf8.RuneCountInString(line) + 1,
	}
}

// fieldReason tells in the reader's language what is wrong with a field.
func fieldReason(v words.Voice, d *huma.ErrorDetail) Reason {
	r := Reason{Key: "face.field_unread", Field: d.Location, Args: map[string]any{"cause": d.Message}}
	if parts := strings.Split(d.Message, argSign); strings.HasPrefix(d.Message, keySign) {
		r.Key, r.Args = parts[0][len(keySign):], nil
		for _, f := range fieldKeys {
			if f.key == r.Key && len(f.args) == len(parts)-1 && len(f.args) > 0 {
				r.Args = make(map[string]any, len(f.args))
				for i, name := range f.args {
					r.Args[name] = parts[i+1]
				}
			}
		}
	} else if key := otherFields[d.Message]; key != "" {
		r.Key, r.Args = key, nil
	} else if key, args := broken(d.Value); key != "" {
		r.Key, r.Args = key, args
	} else if strings.HasPrefix(d.Message, "required ") && strings.HasSuffix(d.Message, " parameter is missing") {
		_, name, _ := strings.Cut(d.Location, ".")
		r.Key, r.Args = "face.field_required", map[string]any{"name": name}
	}
	r.Message = v.Fill(r.Key, r.Args)
	return r
}
