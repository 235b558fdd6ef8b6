/**
 * What the commands, words and characters of mathematical text mean.
 *
 * Maps, never object literals, where a key comes from the text: `constructor` and `__proto__` are only names here.
 */
import type { TokenType } from "./tokens.ts"

/** The kind of token that a spelling makes, and its text. */
export type Meaning = readonly [type: TokenType, text: string]

/** `meaning:spelling,spelling`, entry by entry; a meaning spells itself. */
const table = (type: TokenType, entries: string): ReadonlyArray<readonly [string, Meaning]> =>
  entries.split(/\s+/).flatMap((entry) => {
    const at = entry.indexOf(":", 1)
    const [meaning, spellings] = at === -1 ? [entry, []] : [entry.slice(0, at), entry.slice(at + 1).split(",")]
    return [meaning, ...spellings].map((spelling) => [spelling, [type, meaning]] as const)
  })

/** The alphabet in the order of Unicode; sigma has a second form at the end of a word. */
const GREEK =
  "alpha beta gamma delta epsilon zeta eta theta iota kappa lambda mu nu xi omicron pi rho sigma sigma tau upsilon phi chi psi omega"
    .split(" ")
    .map((name, index) => {
      const at = (first: number) => String.fromCharCode(first + index)
      const capital = name[0]!.toUpperCase() + name.slice(1)
      return `${name}:var${name},${at(0x3b1)} ${capital}:${at(0x391)}`
    })
    .join(" ")

const TRIGONOMETRY = "sin cos tan cot sec csc"
  .split(" ")
  .map((name) => `${name} arc${name}:a${name} ${name}h ar${name}h:a${name}h,arc${name}h`)
  .join(" ")

/** Commands without their backslash, and characters. */
export const MEANINGS: ReadonlyMap<string, Meaning> = new Map([
  ...table(
    "letter",
    `${GREEK} Delta:∆ ell:ℓ hbar:ħ nabla:∇ partial:∂ aleph odot oplus infinity:infty,infin,∞ i:imath,imaginaryI
    j:jmath e:exponentialE d:differentialD ∅:emptyset,varnothing,Ø`,
  ),
  ...table(
    "symbol",
    String.raw`*:cdot,times,ast,star,bullet,×,·,⋅,∙,•,∗,⁎,✕,✖,⨯ /:div,÷,∕,⁄ -:−,–,—,‐,‑,‒,― ±:pm,plusmn,+/- ∓:mp ^:**
    <:lt >:gt ≤:le,leq,leqslant,leqq,ngtr,⩽,≦,<=,=< ≥:ge,geq,geqslant,geqq,nless,⩾,≧,>= ≠:ne,neq,!=,<>
    ≈:approx,simeq,cong,≅,≃ ~:sim,∼ ≡:equiv ∝:propto ∈:in ∉:notin ∪:cup,bigcup ∩:cap,bigcap
    ∖:setminus,smallsetminus,backslash ⊂:subset,subsetneq ⊆:subseteq →:to,rightarrow,longrightarrow,mapsto,⟶,->
    ⇒:Rightarrow,Longrightarrow,implies,⟹,=> ⇔:Leftrightarrow,iff,leftrightarrow,⟺,<=>,<-> ;:therefore,∴ ∧:land,wedge
    ∨:lor,vee ¬:neg,lnot,not ∀:forall ∃:exists ∥:parallel ⊥:perp ∣:mid |:vert,lvert,rvert ‖:\|,Vert,lVert,rVert
    ⌊:lfloor ⌋:rfloor ⌈:lceil ⌉:rceil ⟨:langle,〈 ⟩:rangle,〉 ⦃:\{,lbrace ⦄:\},rbrace [:lbrack ]:rbrack (:lparen,lgroup
    ):rparen,rgroup ':prime,′,’,‘ °:circ,degree,textdegree,º,∘,˚ ::colon,∶ …:dots,ldots,cdots,vdots,dotsc,dotsb,ddots,⋯,...
    %:\%,percent £:pounds €:euro ¥ ¢ $:\$,textdollar &:\& _:\_ =:colonequals,coloneqq,:=,== ⏎:cr >:nleq <:ngeq ,:、 .:。`,
  ),
  ...table(
    "function",
    `${TRIGONOMETRY} tan:tg cot:ctg,cotg csc:cosec arctan:arctg arccot:arcctg ln log lg exp cbrt:∛ qdrt:∜ abs:Abs max:Max min:Min
    sign:sgn floor ceil:ceiling gcd:hcf lcm arg conjugate:conj det factorial round re:Re im:Im binomial mod:Mod`,
  ),
  ...table(
    "command",
    `frac:dfrac,tfrac,cfrac,nicefrac,sfrac binom:dbinom,tbinom sqrt:surd,√ sum:∑ product:prod,∏
    int:iint,oint,∫ lim:limit overline:bar overset:stackrel,underset mathbb:Bbb
    substack dot ddot xrightarrow tilde setR:ℝ,R setQ:ℚ,Q setZ:ℤ,Z setN:ℕ,N setC:ℂ,C`,
  ),
  ...table("infix", "mod:bmod,pmod choose over"),
])

/** Commands that words of plain text may be as well, besides functions and the longer letters. */
const PLAIN = new Set(
  "pi mu nu choose cup cap in mod sqrt frac dfrac tfrac binom sum int cdot times leq geq neq".split(" "),
)

/** Words of plain text. */
export const WORDS: ReadonlyMap<string, Meaning> = new Map([
  ...[...MEANINGS].filter(
    ([name, [type]]) =>
      PLAIN.has(name) || type === "function" || (type === "letter" && name.length > 2 && name !== "partial"),
  ),
  ...table("letter", "infinity:oo,inf,Inf,Infinity"),
  ...table("symbol", "∪:union ∩:intersect ::to"),
])

/** Commands that leave no trace: spacing, sizes, styles. Whatever else has one comes first. */
export const SILENT =
  /^(?:q?quad|.*(?:space|style|limits|box|boxed|bold|brace|cancel|angle|hat|line|break)|enskip|hfill|noindent|par|num|nonumber|notag|centering|[bB]igg?[lrm]?|middle|rm|bf|it|sf|tt|cal|null|relax|tiny|small|normalsize|[lL]arge|huge|protect|math[a-z]+|boldsymbol|bm|pmb|vec|overrightarrow|widetilde|ensuremath|smash|strut)$/

/** Commands whose first argument says how, not what. */
export const DROPPED_ARGUMENT = /^(?:[hv]space|[hv]skip|kern|[hv]?phantom|label|tag|(?:text)?color|colorbox)$/

/** Commands that hold words. */
export const TEXT =
  /^(?:text(?:bf|it|rm|sf|tt|sc|up|normal|md)?|[mh]box|emph|math(?:rm|op|rel|bin|open|close)|operatorname)$/

/** Words between the items of a list. */
export const CONNECTIVES: ReadonlySet<string> = new Set(
  "and or for where when if with und oder et ou y o 和 或 或者 и или と または & ,".split(" "),
)

/** Words that multiply: `3 million`. */
export const SCALE_WORDS: ReadonlyMap<string, number> = new Map([
  ["dozen", 12],
  ["hundred", 100],
  ["thousand", 1e3],
  ["million", 1e6],
  ["billion", 1e9],
  ["trillion", 1e12],
])

/** Numbers that are one word: up to twenty, then by tens. */
export const NUMBER_WORDS: ReadonlyMap<string, number> = new Map(
  "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen twenty thirty forty fifty sixty seventy eighty ninety"
    .split(" ")
    .map((word, index) => [word, index <= 20 ? index : 10 * (index - 18)]),
)
