"""The judgement: pure functions of options, state, input and now."""
