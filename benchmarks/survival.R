# R side of survival.py, in a folder that holds rows.csv, draws.csv, folds.csv and thetas.csv.
suppressMessages({ library(survival); library(glmnet) })
d <- read.csv("rows.csv"); p <- ncol(d) - 2; X <- as.matrix(d[, 1:p])
draws <- as.matrix(read.csv("draws.csv", header = FALSE)) + 1; fold <- scan("folds.csv", quiet = TRUE)
thetas <- scan("thetas.csv", quiet = TRUE); few <- as.integer(commandArgs(TRUE)[1])
cpu <- function(t) t[["user.self"]] + t[["sys.self"]]
exact <- coxph.control(eps = 1e-11, toler.chol = 1e-13, iter.max = 50)
by <- function(Z, rows) { m <- colMeans(Z[rows, ]); s <- sqrt(colMeans(sweep(Z[rows, ], 2, m)^2)); sweep(sweep(Z, 2, m), 2, s, "/") }
loglik <- function(Z, y, b) coxph(y ~ Z, init = b, control = coxph.control(iter.max = 0))$loglik[1]
chosen <- matrix(NA, few, length(thetas)); first <- NULL
t <- cpu(system.time(for (k in 1:few) {
  i <- draws[k, ]; losses <- matrix(NA, 5, length(thetas))
  for (f in 0:4) {
    train <- fold[i] != f; Z <- by(X[i, ], train); y <- Surv(d$time[i], d$event[i]); Zt <- Z[train, ]
    for (j in seq_along(thetas)) {
      th <- thetas[j]; b <- coef(coxph(y[train] ~ ridge(Zt, theta = th, scale = FALSE), control = exact))
      if (k == 1 && f == 0) first <- rbind(first, b)
      losses[f + 1, j] <- loglik(Zt, y[train], b) - loglik(Z, y, b)
    }
  }
  chosen[k, ] <- colMeans(losses)
}))
cat(sprintf("coxph %.3f\n", t / few))
write.table(first, "first.csv", sep = ",", row.names = FALSE, col.names = FALSE)
write.table(chosen, "losses.csv", sep = ",", row.names = FALSE, col.names = FALSE)
for (thresh in c(1e-7, 1e-16)) {
  t <- cpu(system.time(for (k in 1:nrow(draws)) {
    i <- draws[k, ]
    suppressWarnings(cv.glmnet(X[i, ], Surv(d$time[i], d$event[i]), family = "cox", alpha = 0, foldid = fold[i] + 1,
                               lambda = thetas / length(i), thresh = thresh, maxit = 1e7))
  }))
  cat(sprintf("cv.glmnet(%.0e) %.3f\n", thresh, t / nrow(draws)))
}
