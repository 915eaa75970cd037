package chengyue
