# R side of speed.py, in a folder that holds speed.csv and cohort.csv. Needs glmnet and rms.
suppressMessages({ library(rms); library(glmnet) })
d <- read.csv("speed.csv"); X <- as.matrix(d[, 1:120]); y <- d$y; n <- nrow(d)
lambda <- 1 / (n * 10^seq(-4, 1, length = 10))  # the same penalties as C = 1e-4 to 10
runs <- 20
cpu <- function(t) t[["user.self"]] + t[["sys.self"]]
for (thresh in c(1e-7, 1e-16)) {  # the default, and the one whose coefficients are right to 1e-6
  t <- cpu(system.time(for (b in 1:runs) {
    set.seed(b); i <- sample(n, n, TRUE); f <- (sample(n) %% 5 + 1)[i]
    cv.glmnet(X[i, ], y[i], family = "binomial", alpha = 0, foldid = f, lambda = lambda, thresh = thresh, maxit = 1e7)
  }))
  cat(sprintf("cv.glmnet, thresh %.0e: A + B %8.2f CPU s (%d runs measured)\n", thresh, 550 * t / runs, runs))
}
e <- read.csv("cohort.csv")
g <- lrm(gtr ~ age + central + illdef + cap + seg + mcc, e, x = TRUE, y = TRUE)
cat(sprintf("rms::validate, B = 500: C %8.2f CPU s\n", cpu(system.time(validate(g, B = 500)))))
