# Made the numbers in method_bias.json: Rscript method_bias.R > method_bias.json (R 4.2, lavaan 0.6-14, psych 2.2.9)
suppressMessages({library(lavaan); library(psych); library(jsonlite)})
mobile <- read.csv("../../data/mobile.csv")
bfi <- read.csv("../../data/bfi.csv")
hs4 <- read.csv("../../data/hs4.csv")
for (item in c("A1", "C4", "C5", "E1", "E2")) bfi[[item]] <- 7 - bfi[[item]]
traits <- list(Agree = paste0("A", 1:5), Consc = paste0("C", 1:5), Extra = paste0("E", 1:5), Neuro = paste0("N", 1:5))
cases <- list(
  mobile = list(d = mobile, blocks = list(Image = paste0("IMAG", 1:5), Expectation = paste0("CUEX", 1:3), Value = paste0("PERV", 1:2),
    Satisfaction = paste0("CUSA", 1:3), Complaints = "CUSCO", Loyalty = paste0("CUSL", 1:3)), options = list()),
  bfi = list(d = bfi, blocks = traits, options = list()),
  bfi_mlr = list(d = bfi, blocks = traits, options = list(estimator = "MLR")),
  bfi_fiml = list(d = bfi, blocks = traits, options = list(missing = "fiml")),
  hs4 = list(d = hs4, blocks = list(visual = paste0("x", 1:3), textual = paste0("x", 4:6), speed = paste0("x", 7:9)),
    options = list(ordered = TRUE)))
out <- list()
for (name in names(cases)) {
  one <- cases[[name]]; b <- one$blocks; items <- unlist(b, use.names = FALSE)
  fitted <- function(m, ...) suppressWarnings(do.call("cfa", c(list(m, one$d[, items]), one$options, ...)))
  m <- paste(sapply(names(b), function(k) paste(k, "=~", paste(b[[k]], collapse = "+"))), collapse = "\n")
  alone <- items[items %in% unlist(b[lengths(b) == 1])]
  method <- paste(c(m, paste("M =~", paste0("1*", items, collapse = "+")), "M ~~ NA*M", paste0("M ~~ 0*", names(b)),
    if (length(alone)) paste0(alone, " ~~ 0*", alone)), collapse = "\n")
  a <- fitted(m); g <- fitted(paste("G =~", paste(items, collapse = "+"))); w <- fitted(method)
  # From lavaan's own start the search ends nowhere or, with std.lv = TRUE, at a chi-square of 163.57: there are several minima.
  if (name == "mobile") {
    near <- parTable(fitted(method, list(optim.method = "BFGS")))
    near$ustart <- near$est
    w <- fitted(near[, !names(near) %in% c("start", "est", "se")])
  }
  kind <- if (name %in% c("bfi_mlr", "bfi_fiml", "hs4")) ".robust" else ""
  of <- function(f) {f <- fitMeasures(f); s <- if (name %in% c("bfi_mlr", "hs4")) ".scaled" else ""
    list(chisq = f[[paste0("chisq", s)]], df = f[[paste0("df", s)]], cfi = f[[paste0("cfi", kind)]], rmsea = f[[paste0("rmsea", kind)]])}
  difference <- function(x, y) {t <- lavTestLRT(x, y); list(chisq = t[2, "Chisq diff"], df = t[2, "Df diff"], p = t[2, "Pr(>Chisq)"])}
  loadings <- function(f) {s <- standardizedSolution(f, se = FALSE); s[s$op == "=~", ]}
  r <- if (name == "hs4") lavCor(one$d[, items], ordered = items) else if (name == "bfi_fiml") cov2cor(lavInspect(a, "sampstat")$cov) else
    cor(one$d[complete.cases(one$d[, items]), items])
  out[[name]] <- list(
    component = principal(unclass(r), nfactors = 1, rotate = "none")$Vaccounted["Proportion Var", 1],
    factor = if (name %in% c("bfi_fiml", "hs4")) mean(loadings(g)$est.std^2) else fa(unclass(r), nfactors = 1, fm = "ml", rotate = "none")$Vaccounted["Proportion Var", 1],
    measurement = of(a), single = of(g), single_difference = difference(a, g),
    vif = as.list(diag(solve(unclass(lavInspect(a, "cor.lv"))))))
  # Of three constructs with three items each a method factor has no admissible solution.
  if (name == "hs4") next
  s <- loadings(w); own <- s$est.std[s$lhs == "M"]; s <- s[s$lhs != "M", ]
  out[[name]] <- c(out[[name]], list(
    method = of(w), method_difference = difference(w, a), share = mean(own^2),
    change = as.list(setNames(s$est.std - loadings(a)$est.std, s$rhs)), least = min(eigen(lavInspect(w, "cor.lv"))$values)))
}
cat(toJSON(out, digits = 15, auto_unbox = TRUE, pretty = TRUE))
