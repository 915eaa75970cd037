package opinion

type Steadiness struct{}
