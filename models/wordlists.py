"""Word lists of the text layer: abbreviations, clause openers, reporting verbs, English sentence starters."""


def word_set(words: str) -> frozenset[str]:
    """The words of a text separated by white space."""
    return frozenset(words.split())


#: Arabic abbreviations of two letters and more. Those that usually stand last (إلخ.) are not here.
ARABIC_ABBREVIATIONS = word_set("""
مج تح تحق صص بروف أد ود لد وأ وم
""")
#: Latin abbreviations always followed by a name, a number or an example.
LATIN_ABBREVIATIONS = word_set("""
mr mrs ms dr prof st mt gen col maj capt lt sgt rev hon sen rep gov pres vs cf e.g i.e approx ave blvd
jan feb mar apr jun jul aug sep sept oct nov dec
""")
#: Latin abbreviations only before a number ("No. 5"); otherwise ordinary words.
BEFORE_NUMBER = word_set("""
no nos fig figs vol vols p pp ed eds
""")
#: Latin abbreviations that may end a sentence: the next word decides.
LATIN_CLOSING_ABBREVIATIONS = word_set("""
etc inc ltd co corp jr sr al bros dept est a.m p.m
""")
#: Era and unit letters after a number: `1445هـ.` and `622 م.` close their sentence like any other word.
AFTER_NUMBER = word_set("""
م ه كم سم مم كلم
""")
#: Verbs that carry a sentence on after a quotation: «هل تأتي؟» سأل الرجل.
REPORTING_VERBS = word_set("""
قال قالت قالوا يقول تقول سأل سألت يسأل تساءل تساءلت أجاب أجابت يجيب رد ردت أضاف أضافت تابع تابعت هتف هتفت
هتفوا خاطب خاطبت نادى نادت أكد أكدت أوضح أوضحت شدد شددت ختم ختمت صاح صاحت صرخ
صرخت كتب كتبت علق علقت همس همست أردف أردفت استطرد هكذا بهذه
""")
#: Words that open a clause or a participle phrase of reporting, without tanwin. `و` and `ف` may precede.
CONNECTIVES = word_set("""
حيث فيما بينما إذ ذلك كما لكن لكنه لكنها لكنهم غير بل مما ثم لأن لأنه لأنها لذلك لذا بعدما قبلما عندما
حينما كلما طالما ريثما رغم برغم بالرغم بحسب حسب وفق وفقا طبقا نقلا إضافة بالإضافة فضلا وسط ضمن خلافا
تزامنا بالتزامن تمهيدا بهدف نتيجة بسبب بعد قبل عقب خلال منذ هو هي هم قد لم لن لا ليس ليست كان كانت إن أن
إنه إنها مشيرا مشيرة مشيرين مؤكدا مؤكدة مؤكدين موضحا موضحة موضحين مضيفا مضيفة معتبرا معتبرة لافتا لافتة
مبينا مبينة منوها منوهة داعيا داعية محذرا محذرة مطالبا مطالبة قائلا قائلة كاشفا كاشفة مشددا مشددة متهما
متهمة معربا معربة معلنا معلنة مضيفين داعين مطالبين متوقعا متوقعة موجها نافيا نافية واصفا واصفة مستبعدا
مرجحا مذكرا الأمر الذي التي الذين اللذين اللتين اللواتي إلا أو أي حتى لكي كي من
""")
#: Clause openers good enough without a comma before them.
CLAUSE_OPENERS = word_set("""
حيث فيما بينما إذ لكن لكنه لكنها لكنهم مما ثم لأن لأنه لأنها لذلك بعدما عندما حينما كلما مشيرا مشيرة
مؤكدا مؤكدة موضحا موضحة مضيفا مضيفة معتبرا معتبرة لافتا لافتة مبينا مبينة داعيا داعية محذرا محذرة قائلا
قائلة مشددا مشددة بحسب وفقا وذلك وقد كما
""")
#: Words that lean on the next one: prepositions, relative pronouns, particles, parts of names, titles.
LEANING = word_set("""
في من إلى الى على عن مع بعد قبل عقب خلال منذ ضد حول عبر لدى دون بين وسط ضمن نحو
الذي التي الذين اللذان اللتان اللذين اللتين اللواتي
أن إن أنه بأن لأن ان لا لم لن ما قد سوف هل هذا هذه ذلك تلك كل بعض غير أي أو ثم حتى كي لكي إذا لو كان كانت
أكثر أقل حيث فيما بينما إذ أبو أبي أم بن ابن بنت آل عبد السيد السيدة الرئيس الوزير الدكتور
""")
#: English words that have a capital only because a sentence starts with them.
SENTENCE_STARTERS = word_set("""
a about above according across additionally after afterwards against all almost along already also
although always amid among an and another any are around as at away be because been before behind being
below besides between beyond both but by can considering could despite did do does during each earlier
either even ever every everyone everything except few following for from further furthermore had
has have having he hence her here his how however if in including indeed instead into is it its just last
later like likewise many meanwhile more moreover most much my near neither never nevertheless no nor not
nothing noting now of off on once one only or other others otherwise our out over particularly per
perhaps rather recently regarding say saying says several she should similarly since so some someone
something sometimes soon still such that the their them then there therefore these they this those though
through throughout thus to today together tomorrow too toward towards two under unless until up upon very
was we were what when where whereas whether which while who whom whose why with within without would
yesterday yet you your explaining stressing adding pointing stating affirming emphasizing calling
describing warning considering indicating confirming added where
""")
#: First words of the names of months, in all the systems that Arabic news use.
MONTHS = word_set("""
كانون شباط آذار نيسان أيار حزيران تموز آب أيلول تشرين يناير فبراير مارس أبريل إبريل مايو يونيو يونيه يوليو
يوليه أغسطس سبتمبر أكتوبر نوفمبر ديسمبر جانفي فيفري أفريل ماي جوان جويلية أوت غشت يوليوز شتنبر نونبر دجنبر
محرم صفر ربيع جمادى رجب شعبان رمضان شوال ذو ذي
""")
