package procedure

import "skein/frame/civic"

// stake is for how long before a matter began an officer's terms count: what is complained of or decided there may have been hers.
const stake = civic.Instant(365 * 24 * 3600 * 1e6)

// Since is from when an officer's terms keep her out of a matter that began at a moment. Whoever has a stake steps back, and is one person in
// all her posts: Civil Servant Law of the PRC (2018), art. 76; Administrative Penalty Law of the PRC (2021), art. 43.
func Since(began civic.Instant) civic.Instant { return began - stake }
