/**
 * What the commands, words and characters of mathematical text mean.
 *
 * Maps, never object literals, where a key comes from the text: `constructor` and `__proto__` are only names here.
 */

const pairs = (table: string): ReadonlyMap<string, string> =>
  new Map(
    table
      .trim()
      .split(/\s+/)
      .map((pair) => {
        const at = pair.indexOf("→", 1)
        return [pair.slice(0, at), pair.slice(at + 1)] as const
      }),
  )

const names = (list: string): ReadonlySet<string> => new Set(list.trim().split(/\s+/))

/** Commands that leave no trace: spacing, sizes, styles. */
export const SILENT_COMMANDS = names(`
  quad qquad thinspace medspace thickspace enspace enskip negthinspace negmedspace negthickspace hfill noindent par
  displaystyle textstyle scriptstyle scriptscriptstyle limits nolimits nonumber notag hline centering
  big Big bigg Bigg bigl bigr Bigl Bigr biggl biggr Biggl Biggr bigm Bigm middle allowbreak nobreak
  rm bf it sf tt cal mathstrut strut null relax tiny small normalsize large Large huge protect boxed fbox framebox
  mathbf mathit boldsymbol bm pmb mathcal mathscr mathfrak mathsf mathtt vec overrightarrow hat widehat widetilde
  underline cancel bcancel xcancel ensuremath mathop mathrel mathbin mathord mathopen mathclose mathinner smash
  underbrace overbrace
`)

/** Commands whose first argument says how, not what. */
export const DROPPED_ARGUMENT_COMMANDS = names(`
  hspace vspace phantom hphantom vphantom label tag color textcolor colorbox
`)

/** Commands that hold words. */
export const TEXT_COMMANDS = names(`
  text textbf textit textrm textsf texttt textsc textup textnormal textmd mbox hbox emph mathrm operatorname
`)

/** Commands with a form of their own, by the name the parser knows. */
export const FORM_COMMANDS = pairs(`
  frac→frac dfrac→frac tfrac→frac cfrac→frac nicefrac→frac sfrac→frac binom→binom dbinom→binom tbinom→binom sqrt→sqrt
  sum→sum prod→product int→int iint→int oint→int smallint→int lim→lim limit→lim overline→overline bar→overline
  overset→overset stackrel→overset underset→overset bmod→mod mod→mod pmod→pmod choose→choose over→over not→not
  mathbb→mathbb Bbb→mathbb substack→substack dot→dot ddot→dot xrightarrow→xrightarrow tilde→tilde surd→sqrt
`)

/** Commands that are one letter of mathematics. */
export const LETTER_COMMANDS: ReadonlyMap<string, string> = new Map([
  ...[
    ...names(`
      alpha beta gamma delta epsilon zeta eta theta iota kappa lambda mu nu xi omicron pi rho sigma tau upsilon phi chi
      psi omega Gamma Delta Theta Lambda Xi Pi Sigma Upsilon Phi Psi Omega ell hbar nabla partial aleph odot oplus
    `),
  ].map((name) => [name, name] as const),
  ...pairs(`
    varepsilon→epsilon vartheta→theta varpi→pi varrho→rho varsigma→sigma varphi→phi infty→infinity infin→infinity
    imath→i jmath→j exponentialE→e imaginaryI→i imaginaryJ→i differentialD→d emptyset→∅ varnothing→∅
  `),
])

/** Commands that are another spelling of an operator, bracket or separator. */
export const SYMBOL_COMMANDS = pairs(String.raw`
  cdot→* times→* ast→* star→* bullet→* div→/ pm→± mp→∓ plusmn→±
  lt→< gt→> le→≤ leq→≤ leqslant→≤ leqq→≤ ge→≥ geq→≥ geqslant→≥ geqq→≥ ne→≠ neq→≠ approx→≈ simeq→≈ cong→≈ sim→~ equiv→≡
  propto→∝ in→∈ notin→∉ cup→∪ bigcup→∪ cap→∩ bigcap→∩ setminus→∖ smallsetminus→∖ backslash→∖ subset→⊂ subseteq→⊆
  subsetneq→⊂ to→→ rightarrow→→ longrightarrow→→ mapsto→→ Rightarrow→⇒ Longrightarrow→⇒ implies→⇒
  Leftrightarrow→⇔ iff→⇔ leftrightarrow→⇔ therefore→; land→∧ wedge→∧ lor→∨ vee→∨ neg→¬ lnot→¬ forall→∀ exists→∃
  parallel→∥ perp→⊥ mid→∣ vert→| lvert→| rvert→| Vert→‖ lVert→‖ rVert→‖ lfloor→⌊ rfloor→⌋ lceil→⌈ rceil→⌉ langle→⟨
  rangle→⟩ lbrace→\{ rbrace→\} lbrack→[ rbrack→] lparen→( rparen→) lgroup→( rgroup→) prime→' circ→° degree→° colon→: dots→… ldots→…
  cdots→… vdots→… dotsc→… dotsb→… ddots→… percent→% pounds→£ euro→€ textdegree→° textdollar→\$ colonequals→=
  coloneqq→= cr→\\ nless→≥ ngtr→≤ nleq→> ngeq→<
`)

/** Functions of one or more arguments, by every name that is in use. */
export const FUNCTIONS = pairs(`
  sin→sin cos→cos tan→tan cot→cot sec→sec csc→csc cosec→csc tg→tan ctg→cot cotg→cot
  arcsin→arcsin arccos→arccos arctan→arctan arccot→arccot arcsec→arcsec arccsc→arccsc arctg→arctan arcctg→arccot
  asin→arcsin acos→arccos atan→arctan acot→arccot asec→arcsec acsc→arccsc
  sinh→sinh cosh→cosh tanh→tanh coth→coth sech→sech csch→csch
  arcsinh→arsinh arccosh→arcosh arctanh→artanh arsinh→arsinh arcosh→arcosh artanh→artanh
  asinh→arsinh acosh→arcosh atanh→artanh arcoth→arcoth arccoth→arcoth arsech→arsech arcsech→arsech
  arcsch→arcsch arccsch→arcsch ln→ln log→log lg→lg exp→exp cbrt→cbrt abs→abs Abs→abs Max→max Min→min Mod→mod sgn→sign
  sign→sign floor→floor ceil→ceil ceiling→ceil gcd→gcd lcm→lcm hcf→gcd max→max min→min arg→arg conj→conjugate
  det→det factorial→factorial round→round Re→re Im→im binomial→binomial
`)

/** Functions whose names may be written into a run of letters (\`2sinx\`, \`xcosx\`), longest first. */
export const EMBEDDED_NAMES: ReadonlyArray<string> =
  "arcsinh arccosh arctanh arcsin arccos arctan arccot sinh cosh tanh sqrt sin cos tan cot sec csc log exp ln pi".split(
    " ",
  )

/** Words of plain text that are one letter of mathematics. */
export const LETTER_WORDS: ReadonlyMap<string, string> = new Map([
  ...[...LETTER_COMMANDS].filter(([name]) => name.length > 2 && name !== "partial"),
  ...pairs("pi→pi mu→mu nu→nu xi→xi oo→infinity inf→infinity Inf→infinity infinity→infinity Infinity→infinity"),
])

/** Words of plain text that are an operator. */
export const SYMBOL_WORDS = pairs("union→∪ cup→∪ intersect→∩ cap→∩ in→∈ mod→mod infty→infinity to→:")

/** Characters that stand for a letter, by the command they abbreviate. */
export const LETTER_CHARACTERS = pairs(`
  α→alpha β→beta γ→gamma δ→delta ε→epsilon ζ→zeta η→eta θ→theta ι→iota κ→kappa λ→lambda μ→mu ν→nu ξ→xi π→pi ρ→rho σ→sigma
  τ→tau υ→upsilon φ→phi χ→chi ψ→psi ω→omega Γ→Gamma Δ→Delta Θ→Theta Λ→Lambda Ξ→Xi Σ→Sigma Φ→Phi Ψ→Psi Ω→Omega ϕ→phi
  ϵ→epsilon ϑ→theta ς→sigma ℓ→ell ħ→hbar ∇→nabla ∂→partial ∞→infinity ∅→∅ ∆→Delta ⅇ→e ⅈ→i
`)

/** Characters that stand for an operator, bracket or separator. */
export const SYMBOL_CHARACTERS = pairs(`
  ×→* ·→* ⋅→* ∙→* •→* ∗→* ⁎→* ✕→* ✖→* ⨯→* ÷→/ ∕→/ ⁄→/ −→- –→- —→- ‐→- ‑→- ‒→- ―→- ﹣→- ±→± ∓→∓ ≤→≤ ⩽→≤ ≦→≤ ≥→≥ ⩾→≥ ≧→≥
  ≠→≠ ≈→≈ ≅→≈ ≃→≈ ≡→≡ ∝→∝ ∈→∈ ∉→∉ ∪→∪ ∩→∩ ∖→∖ ⊂→⊂ ⊆→⊆ →→→ ⟶→→ ⇒→⇒ ⟹→⇒ ⇔→⇔ ⟺→⇔ ∧→∧ ∨→∨ ¬→¬ ∣→∣ ∥→∥ ‖→‖ ⌊→⌊ ⌋→⌋ ⌈→⌈ ⌉→⌉ ⟨→⟨
  ⟩→⟩ 〈→⟨ 〉→⟩ ′→' ’→' ‘→' °→° º→° ∘→° ˚→° …→… ⋯→… ∶→: 、→, ，→, ；→; 。→. ∼→~ ⊥→⊥ ∠→∠ △→△ £→£ €→€ ¥→¥ ￥→¥ ∀→∀ ∃→∃ ¢→¢
`)

/** Characters that stand for a command with a form of its own. */
export const FORM_CHARACTERS = pairs("√→sqrt ∛→cbrt ∜→qdrt ∑→sum ∏→product ∫→int")

/** Fractions that are one character. */
export const VULGAR_FRACTIONS = pairs(`
  ½→1/2 ⅓→1/3 ⅔→2/3 ¼→1/4 ¾→3/4 ⅕→1/5 ⅖→2/5 ⅗→3/5 ⅘→4/5 ⅙→1/6 ⅚→5/6 ⅐→1/7 ⅛→1/8 ⅜→3/8 ⅝→5/8 ⅞→7/8 ⅑→1/9 ⅒→1/10
`)

export const SUPERSCRIPTS = pairs("⁰→0 ¹→1 ²→2 ³→3 ⁴→4 ⁵→5 ⁶→6 ⁷→7 ⁸→8 ⁹→9 ⁺→+ ⁻→- ⁽→( ⁾→) ⁿ→n ⁱ→i ˣ→x")
export const SUBSCRIPTS = pairs("₀→0 ₁→1 ₂→2 ₃→3 ₄→4 ₅→5 ₆→6 ₇→7 ₈→8 ₉→9 ₊→+ ₋→- ₙ→n ᵢ→i ⱼ→j ₖ→k ₓ→x")

/** Words that multiply: `3 million`. */
export const SCALE_WORDS = pairs(
  "dozen→12 hundred→100 thousand→1000 million→1000000 billion→1000000000 trillion→1000000000000",
)

const SMALL_NUMBERS =
  "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen twenty"

/** Numbers that are one word. */
export const NUMBER_WORDS: ReadonlyMap<string, number> = new Map([
  ...SMALL_NUMBERS.split(" ").map((word, value) => [word, value] as const),
  ...["thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"].map(
    (word, index) => [word, 30 + 10 * index] as const,
  ),
])
