"""Which actors are the same: what people judged (`judgements`), and what a build makes of it (`merging`)."""
