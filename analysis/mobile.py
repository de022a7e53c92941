"""The study of analysis/mobile.toml, step by step with the library."""

import rantau as rt

survey = rt.read_survey("surveys/mobile/instrument.toml")
answers = rt.read_responses("surveys/mobile/responses.csv", survey)
screening = rt.screen(answers)
kept = screening.kept
print(screening.counts()[["flagged", "excluded"]])
print(rt.describe(kept).round(2))

model = rt.read_model("models/mobile.sem")
cfa = rt.cfa(model, kept)
print(cfa.fit_indices()[["chisq", "df", "pvalue", "cfi", "tli", "rmsea", "srmr"]].round(3))
print(rt.reliability(kept, model).round(3))
print(rt.validity(kept, model).htmt.round(3))

sem = rt.sem(model, kept)
pls = rt.pls(model, kept)
draws = rt.bootstrap(pls, draws=10_000, seed=2005)
verdicts = rt.judge_hypotheses(model, sem=sem, draws=draws)
print(verdicts[["hypothesis", "sem_est", "sem_p", "sem_decision", "pls_est", "pls_p", "pls_decision"]].round(3))
print(rt.crosscheck(sem).summary())

rt.diagram(pls, draws=draws, survey=survey).write("reports/mobile.svg")
report = rt.report(cfa, sem, pls, draws, kept, screening, survey=survey, title="Customer satisfaction")
report.write("reports/mobile.docx")
