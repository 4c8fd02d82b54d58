"""What is done the same way under every plan."""

from django.utils.translation import gettext_lazy as _

CONVENTIONS = {
    "simulated": _("The data are simulated from published figures."),
    "limits_of_detection": _(
        "A result below or above a limit of detection enters as that limit; nothing is derived from it."
    ),
    "two_groups": _(
        "Two groups are compared by Welch's t test or, where the plan declares the variable skewed, by the "
        "Mann–Whitney test: exact while both groups are below 50 and nothing is tied, else by the normal "
        "approximation with tie-corrected variance and continuity correction. No preliminary test chooses "
        "between them."
    ),
    "many_groups": _(
        "More than two groups are compared by Welch's analysis of variance, or by the Kruskal–Wallis "
        "test where the plan declares the variable skewed; every two of them by Welch's or the "
        "Mann–Whitney test, with P adjusted over the pairs by Holm. The classical analysis of variance "
        "stands beside, with Tukey's simultaneous intervals in the exported results. The largest "
        "standardised difference of any two is shown."
    ),
    "categories": _(
        "Categories are compared by the chi-square test without continuity correction, or by Fisher's "
        "exact test where fewer than five patients are expected in a cell."
    ),
    "differences": _(
        "Differences of means have Welch's interval, differences of proportions Newcombe's. Where the plan "
        "declares a variable skewed, the Hodges–Lehmann shift with the interval of the rank test is given "
        "as well and, if no value is 0, the ratio of the geometric means (Welch's interval of the "
        "logarithms)."
    ),
    "shapes": _(
        "The skewness of each measurement in each group (adjusted for sample size, G1) and the test of "
        "Shapiro and Wilk are shown, but choose no test."
    ),
    "standardised_difference": _(
        "The standardised difference is the first group's mean less the second's, over the root of the "
        "mean of the two variances, with the normal interval of Hedges and Olkin; for a category of two "
        "levels it is the same of the proportions, for one of more the Mahalanobis distance of the "
        "proportions, without an interval."
    ),
    "logistic": _(
        "Odds ratios come from logistic regression by maximum likelihood, with Wald tests and 95 % "
        "intervals; intervals of the profile likelihood and likelihood-ratio tests, a category tested as a "
        "whole, are given as well. Categories enter by indicators against the first level, measurements "
        "linearly unless a curve is named. Each model is fitted to its complete cases."
    ),
    "whole_model": _(
        "A model is tested against the intercept alone by the likelihood ratio. Nagelkerke's R², the c "
        "statistic, the Brier score and van Houwelingen and le Cessie's shrinkage factor describe it in "
        "the patients it was fitted to. Areas of nested models are not compared by DeLong's test."
    ),
    "straight_lines": _(
        "The straight line of each measurement is tested against a restricted cubic spline with three "
        "knots (10th, 50th and 90th percentile); whether P would cross 0.05 without any single patient is "
        "found by leaving out each in turn, approximated by one Newton step."
    ),
    "collinearity": _(
        "Collinearity is judged by generalised variance inflation factors of the covariates as straight "
        "lines, without products; one above 5 is reported with a caution. Above 10, or above 5 for two or "
        "more covariates in a near dependency (condition index above 30, more than half the variance of "
        "each), their estimates are not shown, nor are those of a derived variable and of what it is "
        "computed from; a replication shows them under that label."
    ),
    "separation": _(
        "Where the outcome is predicted perfectly (found by linear programming), or a model has fewer than "
        "five events or non-events for each coefficient, Firth's penalised likelihood takes the place of "
        "maximum likelihood, with intervals and tests of the penalised profile; so it does where the model "
        "is fitted to imputed tables or frozen. A replication keeps maximum likelihood as long as it has an "
        "estimate; so do odds ratios followed over repeated looks, whose boundaries need the likelihood's "
        "score, and those that the size of the study is planned from."
    ),
    "area": _(
        "The area under the empirical curve counts ties one half; its 95 % interval is DeLong's, truncated "
        "at 0 and 1."
    ),
    "direction": _(
        "Which direction of a marker means risk is decided once, at the first run, by the medians of the "
        "two classes, and kept; a caution appears when the data would turn it."
    ),
    "cut_off": _(
        "The cut-off has the largest Youden index, compared in exact counts of patients; it lies midway "
        "between two neighbouring values. Of several as good the most sensitive is shown and the others are "
        "named. Sensitivity, specificity and predictive values have Wilson's intervals, which take the "
        "cut-off as given."
    ),
    "predictive_values": _(
        "Predictive values hold where the outcome is as common as among these patients; where the design set "
        "how many have it, they are left out. Likelihood ratios have intervals on the log scale (Simel)."
    ),
    "reclassification": _(
        "Net reclassification (NRI, Pencina) and the integrated discrimination improvement (IDI) are given "
        "beside that test, in the patients the models were fitted to, without P values: they can reward a "
        "marker of pure noise. DeLong's test is not used for nested models."
    ),
    "areas_across_sites": _(
        "Whether the area differs from site to site is one test over the sites; no site's own area is shown."
    ),
    "restricted_mean": _(
        "Median follow-up is the reverse Kaplan–Meier estimate. Rates are events per 100 patient-years "
        "with exact Poisson intervals, their ratios exact given the events of both groups. The restricted "
        "mean time free of any event is compared with the first group's, which does not suppose "
        "proportional hazards."
    ),
    "calibration": _(
        "Predicted risks are compared with the outcome in the patients the model was fitted to: "
        "calibration intercept and slope with Wald intervals, a loess curve (span 0.75, locally "
        "quadratic) with its mean, median and 90th percentile distance from the diagonal (ICI, E50, "
        "E90), and the Brier score. The test of Hosmer and Lemeshow, of ten groups by risk with two degrees "
        "of freedom fewer than groups, stands beside them and is no verdict."
    ),
    "pooling": _(
        "The imputed tables' estimates are pooled by Rubin's rules with the degrees of freedom of Barnard "
        "and Rubin. Below five events for each coefficient, or where any table is separated, all are "
        "Firth's penalised estimates with their inverse information; else of maximum likelihood. Whether the "
        "chains have mixed is told by the largest R-hat (on normal scores of split chains) of the means and "
        "standard deviations of what was drawn."
    ),
    "missing": _(
        "Missing values are not imputed unless stated: every analysis uses the patients who have all the "
        "values it needs, and states how many were left out."
    ),
    "looks": _(
        "All results are computed anew whenever data are added or corrected. P values and intervals "
        "describe the data of the day and are not adjusted for earlier looks, whose number is given with "
        "each result once there are several."
    ),
    "p_values": _("Tests are two-sided, intervals cover 95 %. Results describe association, not cause."),
}
