"""References: the works that the methods of a report name, and only those it used.

Belongs here: author, journal and DOI of each method; numbering in the order of use.
Does not belong here: when a method was used (`analyses.report.methods`).
"""

#: Key -> the work. Facts of a record only; each DOI also stands where the method is computed.
WORKS = {
    "tripod_ai": "Collins GS et al. BMJ 2024;385:e078378. doi:10.1136/bmj-2023-078378",
    "smd": "Austin PC. Stat Med 2009;28:3083. doi:10.1002/sim.3697",
    "smd_levels": "Yang D, Dalton JE. SAS Global Forum 2012, paper 335",
    "size": "Riley RD et al. BMJ 2020;368:m441. doi:10.1136/bmj.m441",
    "size_classes": "Pate A et al. Stat Methods Med Res 2023;32:555. doi:10.1177/09622802231151220",
    "ridge": "le Cessie S, van Houwelingen JC. Appl Stat 1992;41:191. doi:10.2307/2347628",
    "elastic_net": "Zou H, Hastie T. J R Stat Soc B 2005;67:301. "
    "doi:10.1111/j.1467-9868.2005.00503.x",
    "random_forest": "Breiman L. Mach Learn 2001;45:5. doi:10.1023/A:1010933404324",
    "ebm": "Lou Y et al. Proc KDD 2013:623. doi:10.1145/2487575.2487579",
    "cox": "Cox DR. J R Stat Soc B 1972;34:187. doi:10.1111/j.2517-6161.1972.tb00899.x",
    "efron": "Efron B. J Am Stat Assoc 1977;72:557. doi:10.1080/01621459.1977.10480613",
    "cv_likelihood": "Verweij PJM, van Houwelingen HC. Stat Med 1993;12:2305. "
    "doi:10.1002/sim.4780122407",
    "absolute_risk": "Benichou J, Gail MH. Biometrics 1990;46:813. doi:10.2307/2532098",
    "auc": "Hanley JA, McNeil BJ. Radiology 1982;143:29. doi:10.1148/radiology.143.1.7063747",
    "auc_classes": "Hand DJ, Till RJ. Mach Learn 2001;45:171. doi:10.1023/A:1010920819831",
    "pdi": "Van Calster B et al. Eur J Epidemiol 2012;27:761. doi:10.1007/s10654-012-9733-3",
    "slope": "Cox DR. Biometrika 1958;45:562. doi:10.1093/biomet/45.3-4.562",
    "ici": "Austin PC, Steyerberg EW. Stat Med 2019;38:4051. doi:10.1002/sim.8281",
    "ici_times": "Austin PC et al. Stat Med 2020;39:2714. doi:10.1002/sim.8570",
    "ipa": "Kattan MW, Gerds TA. Diagn Progn Res 2018;2:7. doi:10.1186/s41512-018-0029-2",
    "net_benefit": "Vickers AJ, Elkin EB. Med Decis Making 2006;26:565. "
    "doi:10.1177/0272989X06295361",
    "c_index": "Harrell FE et al. JAMA 1982;247:2543. doi:10.1001/jama.1982.03320430047030",
    "brier_times": "Graf E et al. Stat Med 1999;18:2529. "
    "doi:10.1002/(sici)1097-0258(19990915/30)18:17/18<2529::aid-sim274>3.0.co;2-5",
    "auc_times": "Blanche P et al. Stat Med 2013;32:5381. doi:10.1002/sim.5958",
    "difference": "Nadeau C, Bengio Y. Mach Learn 2003;52:239. doi:10.1023/A:1024068626366",
    "632": "Efron B, Tibshirani R. J Am Stat Assoc 1997;92:548. doi:10.1080/01621459.1997.10474007",
    "refits": "Riley RD, Collins GS. Biom J 2023;65:2200302. doi:10.1002/bimj.202200302",
    "pooling": "IntHout J et al. BMC Med Res Methodol 2014;14:25. doi:10.1186/1471-2288-14-25",
    "kaplan_meier": "Kaplan EL, Meier P. J Am Stat Assoc 1958;53:457. "
    "doi:10.1080/01621459.1958.10501452",
    "aalen_johansen": "Aalen OO, Johansen S. Scand J Stat 1978;5:141",
    "fdr": "Benjamini Y, Hochberg Y. J R Stat Soc B 1995;57:289. "
    "doi:10.1111/j.2517-6161.1995.tb02031.x",
    "firth": "Firth D. Biometrika 1993;80:27. doi:10.1093/biomet/80.1.27",
    "chained": "van Buuren S, Groothuis-Oudshoorn K. J Stat Softw 2011;45(3). "
    "doi:10.18637/jss.v045.i03",
    "permuted": "Phipson B, Smyth GK. Stat Appl Genet Mol Biol 2010;9:39. "
    "doi:10.2202/1544-6115.1585",
    "combat": "Johnson WE, Li C, Rabinovic A. Biostatistics 2007;8:118. "
    "doi:10.1093/biostatistics/kxj037",
    "icc": "McGraw KO, Wong SP. Psychol Methods 1996;1:30. doi:10.1037/1082-989X.1.1.30",
}


class Cited:
    """Numbers for works, in the order in which they are first named."""

    def __init__(self) -> None:
        self._keys: list[str] = []

    def __call__(self, *keys: str) -> str:
        """The mark of some works in a text.

        Examples
        --------
        >>> cite = Cited()
        >>> cite("auc"), cite("ici", "auc"), len(cite.works)
        ('[1]', '[2, 1]', 2)
        """
        for key in keys:
            if key not in self._keys:
                self._keys.append(key)
        return f"[{', '.join(str(self._keys.index(key) + 1) for key in keys)}]"

    @property
    def works(self) -> list[str]:
        """The works named so far, in order."""
        return [WORKS[key] for key in self._keys]
