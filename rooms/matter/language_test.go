package matter

import (
	"testing"

	"skein/face/words"
)

// What a text seems to be written in, and where nothing is suggested rather than something wrong.
func TestSuggestLanguage(t *testing.T) {
	both := []string{"en", "zh-Hans"}
	for _, c := range []struct {
		text  string
		realm []string
		want  words.Language
	}{
		{"The lamp in front of our house has been out since Monday.", both, "en"},
		{"路灯从星期一起不亮了。", both, "zh-Hans"},
		{"路灯从星期一起不亮了，在 Main Street 4 号。", both, "zh-Hans"},
		{"路燈壞了", []string{"zh-Hant", "zh-Hans"}, ""},
		{"路灯坏了", []string{"en"}, ""},
		{"La farola de la calle está rota desde el lunes y nadie viene.", both, "es"},
		{"Le lampadaire devant la maison ne marche plus depuis lundi.", both, "fr"},
		{"Đèn đường trước nhà tôi bị hỏng từ thứ Hai.", both, ""},
		{"Lampu jalan di depan rumah kami mati sejak hari Senin.", both, ""},
		{"Лампа не горит", []string{"en", "ru"}, "ru"},
		{"Лампа не горить", []string{"uk", "ru"}, ""},
		{"街灯がつきません。月曜日から。", []string{"ja", "zh-Hans"}, "ja"},
		{"街灯がつきません。", both, ""},
		{"가로등이 꺼졌습니다", []string{"ko"}, "ko"},
		{"الضوء مكسور", []string{"ar"}, "ar"},
		{"Trash on the sidewalk", both, "en"},
		{"la la la", both, ""},
		{"Lamp out", both, ""},
		{"617-555-0100", both, ""},
		{"", both, ""},
		{"\u202e\x00�", both, ""},
	} {
		if got := SuggestLanguage(c.text, c.realm); got != c.want {
			t.Errorf("%q of %v: %q, not %q", c.text, c.realm, got, c.want)
		}
	}
}
