/**
 * Answers of every kind: each reference with another spelling of it, and with something that only looks like it.
 */
import { describe, expect, it } from "vitest"
import { compare } from "../../src/Compare.ts"

const r = String.raw

const KINDS: ReadonlyArray<
  readonly [string, ReadonlyArray<readonly [reference: string, same: string, other: string]>]
> = [
  [
    "integer",
    [
      ["42", r`\[42\]`, "24"],
      ["1024", r`\sqrt{1048576}`, "1024_8"],
      ["3", r`\log_{10} 1000`, r`\sqrt{3}`],
      ["(-2)^2", "2^2", "-4"],
      ["7^{2}-1", "(7-1)(7+1)", "36"],
      ["13", r`\text{Answer: } 13`, "31"],
    ],
  ],
  [
    "fraction",
    [
      [r`\frac{3}{4}`, "3:4", r`\frac{4}{3}`],
      [r`-\frac{1}{2}`, r`-\dfrac{1}{2}`, "-2"],
      [r`-2\frac{1}{3}`, "-7/3", r`-\frac{5}{3}`],
      [r`\frac{\frac{1}{2}}{3}`, "(1/2)/3", "1/(2/3)"],
      [r`\frac{a}{b}`, r`a\cdot\frac{1}{b}`, r`\frac{b}{a}`],
      [r`\frac{2}{3}`, "⅔", "0.666665"],
      [r`\frac{2^{10}}{3^5}`, "2^{10}/3^5", r`\frac{1024}{729}`],
    ],
  ],
  [
    "decimal",
    [
      ["0.5", "0{,}5", "0.05"],
      ["1.414214", r`\sqrt2`, "1.5"],
      ["100.0", r`1.0\times10^2`, "100.1"],
      [r`0.\overline{27}`, "0.(27)", r`\frac{27}{100}`],
    ],
  ],
  [
    "number-format",
    [
      ["12345", r`12\;345`, "12.345"],
      ["2,5", "2.5", "2.6"],
      ["100,000", r`1\times10^5`, "100"],
      [r`\text{1,024}`, r`\mathrm{1024}`, "1"],
      [".25", "+.25", "25"],
      ["3 million", "3e6", "3 billion"],
    ],
  ],
  [
    "scientific",
    [
      [r`3.2\times10^{-5}`, "3.2 x 10^-5", r`3.2\times10^{5}`],
      ["10^{-3}", "1e-3", "-10^3"],
      [r`1.5 \cdot 10^{3}`, "1.5e3", "15000"],
      ["1e400", "10^{400}", r`\infty`],
    ],
  ],
  [
    "percent",
    [
      [r`25\%`, r`$25\%$`, "25"],
      [r`150\%`, r`\frac32`, "150"],
      [r`33\frac{1}{3}\%`, "1/3", r`\frac{1}{33}`],
      [r`(10)\%`, r`10 \text{ percent}`, "10"],
    ],
  ],
  [
    "unit",
    [
      ["5", r`5 {\rm\ cm}`, "6 cm"],
      [r`30^\circ`, r`30\,^\circ`, r`31^\circ`],
      [r`20^\circ C`, r`20^{\circ}\text{C}`, r`21^\circ C`],
      [r`2.5\text{ kg}`, "2.5 kilograms", "250 g"],
      ["£3.50", "3.50 pounds", "£35"],
      [r`25 \text{ units}^2`, r`25\text{ sq. units}`, "26"],
      [r`16\sqrt{3}\text{ square inches}`, r`16\sqrt{3} in^2`, r`16\text{ square inches}`],
      [r`3.6\text{ km/h}`, "3.6 kilometers per hour", r`2\text{ m/s}`],
    ],
  ],
  [
    "radical",
    [
      [r`\sqrt{2}`, r`\sqrt{{2}}`, r`\sqrt{3}`],
      [r`\sqrt[3]{16}`, r`16^{\frac13}`, r`\sqrt{16}`],
      [r`-\sqrt{7}`, "-7^{1/2}", r`\sqrt{-7}`],
      [r`\sqrt{x}\sqrt{y}`, "x^{1/2}y^{1/2}", r`\sqrt{x}y`],
      [r`\sqrt{2}^{3}`, r`(\sqrt 2)^3`, r`\sqrt2`],
    ],
  ],
  [
    "constant",
    [
      [r`\pi`, r`4\arctan 1`, "3.14"],
      ["e^2", "(e)^{2}", "e^{-2}"],
      [r`\frac{\sqrt3}{2}`, "sqrt(3)/2", r`-\cos 30^\circ`],
      [r`\pi - e`, r`\pi+(-e)`, r`e-\pi`],
      [r`e^{i\pi}`, r`\cos\pi`, "1"],
      [r`\sin^2 1 + \cos^2 1`, "1", "0"],
    ],
  ],
  [
    "complex",
    [
      ["3+4i", "3 - 4/i", "3-4i"],
      [r`\frac{1}{1+i}`, "(1-i)/2", "1-i"],
      ["2i", "0+2i", "2"],
      [r`1 \pm 2i`, r`x = 1 \pm 2i`, "1+2i"],
      ["(1+i)^{10}", "32i", "32"],
      [r`\frac{2+i}{1-2i}`, "i", "-i"],
    ],
  ],
  [
    "polynomial",
    [
      ["x^2+2x+1", "(x+1)^{2}.", "x^2+2x-1"],
      ["2x - 3", "2(x-1.5)", "2(x-3)"],
      ["x_1^2+x_2^2", "x_1^2+x^2_2", "(x_1+x_2)^2"],
      ["2^{10}x^5", "(4x)^5", "(2x)^5"],
    ],
  ],
  [
    "rational-function",
    [
      [r`\frac{x^2-1}{x-1}`, "1+x", "x-1"],
      [r`\frac{a/b}{c/d}`, r`\frac{a}{b}\div\frac{c}{d}`, r`\frac{ac}{bd}`],
      [r`\frac{x^2+5x+6}{x+2}`, r`\frac{(x+2)(x+3)}{x+2}`, "x+2"],
    ],
  ],
  [
    "algebraic",
    [
      [r`\sqrt{x^2+1}`, r`\left(x^{2}+1\right)^{\frac{1}{2}}`, "x+1"],
      ["|x-2|", "|2 - x|", "x-2"],
      [r`\lfloor x \rfloor + 1`, "⌊x⌋+1", r`\lfloor x\rfloor`],
      [r`\frac{\sqrt{x}}{x}`, "x^{-0.5}", r`\frac1x`],
    ],
  ],
  [
    "transcendental",
    [
      [r`\sin 2x`, r`\operatorname{sin} 2x`, r`\sin x`],
      [r`\sec x`, "sec(x)", r`\cos x`],
      [r`e^{\ln x}`, r`\ln(e^x)`, "e^x"],
      ["2^{n+1}", "2^n+2^n", "4^n"],
      [r`\sin\theta\cos\phi`, r`\sin \theta \cdot \cos \phi`, r`\sin\theta + \cos\phi`],
      [r`\sqrt{1-\sin^2x}`, r`|\cos x|`, r`\cos^2 x`],
    ],
  ],
  [
    "antiderivative",
    [
      [r`\frac{x^3}{3}+C`, r`\int x^2\,dx`, "x^3+C"],
      [r`\sin^2x+C`, r`C+\sin^2 x`, r`\sin 2x+C`],
      ["y = Ce^{2x}", r`y = C \exp(2x)`, "y = Ce^{x}"],
      [r`\frac{2}{3}(x+1)^{3/2}+C`, r`\frac23 (x+1)\sqrt{x+1}+C`, r`\frac{2}{3}(x+1)^{2/3}+C`],
    ],
  ],
  [
    "calculus",
    [
      [r`\sum_{k=1}^{n} k^2`, r`\sum_{j=0}^{n-1}(j+1)^2`, r`\sum_{k=1}^n k`],
      [r`\sum_{n=0}^{\infty}\frac{1}{2^n}`, r`\sum_{n=1}^\infty \frac{1}{2^{n-1}}`, "1"],
      [r`\int_0^1 x^2\,dx`, r`\int^1_0 x^2 dx`, r`\int_0^2 x^2dx`],
      [r`\int_1^e \frac{1}{x}dx`, r`\int_1^e 1/x dx`, "0"],
      [r`\lim_{x\to0}\frac{\sin x}{x}`, r`\lim_{h\to0}\frac{\sin h}{h}`, "0"],
      [r`\frac{d}{dx}x^2`, r`\frac{d}{dx}(x^2)`, "2"],
      [r`\frac{\partial}{\partial x}(x^2y)`, "2xy", "2x"],
      [r`\sum_{k=0}^{n}\binom{n}{k}`, "2^n", "2^{n-1}"],
    ],
  ],
  [
    "combinatorial",
    [
      [r`\binom{10}{3}`, r`\frac{10!}{3!(10-3)!}`, r`\binom{10}{4}`],
      [r`\binom{n}{2}`, "C_n^2", r`\binom{n+1}{2}`],
      ["7!!", "105", "(7!)!"],
      [r`4!\cdot 3!`, "3!4!", "7!"],
      ["(n+1)! - n!", r`n!\,n`, "1"],
    ],
  ],
  [
    "equation",
    [
      ["x=5", r`x = \{5\}`, "x=-5"],
      [r`\frac{x^2}{9}+\frac{y^2}{4}=1`, "4x^2+9y^2-36=0", r`\frac{x^2}{4}+\frac{y^2}{9}=1`],
      ["x^2=-1", "-x^2=1", "x^2=-5"],
      ["2x+z=1", "4x+2z=2", "1"],
      [r`r=2\cos\theta`, r`2\cos\theta = r`, r`r=-2\cos\theta`],
      ["x=a_1+b", "a_1 + b", "x=a_2+b"],
      [r`\log_2 x = 3`, r`3 = \log_2 x`, r`\log_3 x=2`],
      ["a_n=2n+1", r`a_n = 2n+1 \text{ for all } n \geq 1`, "a_{n+1}=2n+1"],
      [r`P(A)=\frac13`, "P(A) = 1/3", r`P(A)=\frac23`],
    ],
  ],
  [
    "function-def",
    [
      ["f(x)=2x+1", r`f(x) = 2x+1 \text{ for all real } x`, "f(x)=2x-1"],
      ["g(x)=e^{-x}", "e^{-x}", "f(x)=e^{x}"],
      ["P(x)=x^2-3x+2", "x^2-3x+2", "(x-1)(x+2)"],
      ["h(t)=-16t^2+64t", "h(t)=16t(4-t)", "h(t)=-16t^2"],
      [r`V(r) = \frac43\pi r^3`, r`V = \frac{4}{3}\pi r^3`, r`V=\pi r^3`],
    ],
  ],
  [
    "inequality",
    [
      ["x>2", "0<x-2", "x<2"],
      [r`-1\le x\le 1`, r`x\in[-1,1]`, "-1<x<1"],
      [r`x\ne 0`, r`x\in(-\infty,0)\cup(0,\infty)`, r`x\neq1`],
      ["y>x^2", "y-x^2>0", "y<x^2"],
      [r`x>2 \text{ or } x=0`, r`x=0 \text{ or } x>2`, "x>2"],
    ],
  ],
  [
    "interval",
    [
      [r`(2,\infty)`, r`\left( 2, +\infty \right)`, r`[2,\infty)`],
      [r`(-\infty,-1)\cup(1,\infty)`, r`\{x : |x|>1\}`, "(-1,1)"],
      [r`(-\infty,\infty)`, "all real numbers", r`\emptyset`],
      ["[-2,2]", r`\left[ -2, 2 \right]`, "[2,-2]"],
      [r`(-\infty,3]`, "(-∞, 3]", r`[3,\infty)`],
      ["(a,b]", "(a, b]", "(a,b)"],
    ],
  ],
  [
    "sets and families",
    [
      [r`\{1,2,3\}`, r`\mathrm{A}=\{1,2,3\}`, r`\{1,2\}`],
      [r`\{(1,2),(3,4)\}`, "(x,y)=(1,2),(3,4)", r`\{1,2,3,4\}`],
      [
        r`\frac{\pi}{4}+k\pi, k\in\mathbb{Z}`,
        r`k\pi - \frac{3\pi}{4}, k \in \mathbb{Z}`,
        r`-\frac{\pi}{4}+k\pi,k\in\mathbb{Z}`,
      ],
      [r`\{x\mid x<-1\text{ or }x>3\}`, r`\{x : x<-1 \lor x>3\}`, r`\{x|x<-1\}`],
      [r`\{2n+1:n\in\mathbb{Z}\}`, r`\{2k+1\mid k\in\mathbb{Z}\}`, r`\{2n+1:n\in\mathbb{N}\}`],
      [r`\{\frac12,\sqrt2\}`, r`\left\{ \frac{1}{2}, \sqrt{2} \right\}`, r`\{\frac12,-\sqrt2\}`],
      [r`\mathbb{Z}`, r`\text{all integers}`, r`\mathbb{N}`],
      [r`A\cup B`, r`A \bigcup B`, r`A\cap B`],
    ],
  ],
  [
    "list",
    [
      ["1,2", r`1 \quad \text{and} \quad 2`, "1"],
      [r`2\pm\sqrt3`, r`2 \mp \sqrt{3}`, r`2\pm\sqrt2`],
      [r`-1, \frac{3}{2}`, r`\frac32 \text{ and } -1`, r`-1,-\frac32`],
      [r`10, 20 \text{ and } 30`, r`\{10,20,30\}`, "10,20"],
    ],
  ],
  [
    "tuple",
    [
      ["(1,2)", "(x, y) = (1, 2)", "(2,1)"],
      ["(1,2,3)", r`\left\langle 1,2,3\right\rangle`, "(1,2)"],
      ["(x-1,y+2)", "(-1+x,2+y)", "(y+2,x-1)"],
      [r`(\text{Alice}, 5)`, "(Alice, 5)", "(Bob, 5)"],
    ],
  ],
  [
    "tuple-list",
    [
      ["(1,2),(3,4)", r`(x,y) = (1,2) \text{ or } (3,4)`, "(2,1),(3,4)"],
      [r`(\pm1,\pm2)`, "(1,2),(-1,-2)", "(1,2)"],
      ["(a,b)=(1,2)", "a=1,b=2", "(b,a)=(1,2)"],
    ],
  ],
  [
    "matrix",
    [
      [
        r`\begin{pmatrix}1&2\\3&4\end{pmatrix}`,
        r`\mathbf{A} = \begin{bmatrix}1 & 2\\ 3 & 4\end{bmatrix}`,
        r`\begin{pmatrix}1&3\\2&4\end{pmatrix}`,
      ],
      [r`\begin{vmatrix}1&2\\3&4\end{vmatrix}`, r`\left|\begin{array}{cc}1&2\\3&4\end{array}\right|`, "10"],
      [
        r`\frac12\begin{pmatrix}1&2\\3&4\end{pmatrix}`,
        r`\frac{1}{2}\begin{bmatrix}1&2\\3&4\end{bmatrix}`,
        r`2\begin{pmatrix}1&2\\3&4\end{pmatrix}`,
      ],
      [
        r`\begin{pmatrix}1&0\\0&1\end{pmatrix}`,
        r`\begin{bmatrix}1&0\\0&1\end{bmatrix}`,
        r`\begin{pmatrix}0&1\\1&0\end{pmatrix}`,
      ],
      [
        r`\begin{pmatrix}1\\0\end{pmatrix}+t\begin{pmatrix}2\\1\end{pmatrix}`,
        "(1,0)+t(2,1)",
        r`\begin{pmatrix}1+t\\2t\end{pmatrix}`,
      ],
      [
        r`\begin{pmatrix}-11\\-5\\1\end{pmatrix}`,
        r`\left( \begin{array}{r} -11 \\ -5 \\ 1 \end{array} \right)`,
        r`\begin{pmatrix}11\\5\\1\end{pmatrix}`,
      ],
    ],
  ],
  [
    "base-n",
    [
      // No numeral to base 7, and yet the same as itself.
      ["8_7", "8_{7}", "9_7"],
      ["1011_2", "11_{10}", "1011_3"],
      ["1A3_{16}", "(1A3)_{16}", "1B3_{16}"],
    ],
  ],
  [
    "ratio",
    [
      ["1:2", r`1 \mathbin{:} 2`, "2:1"],
      ["2:3:4", "1:1.5:2", "2:3:5"],
      [r`\sqrt2:1`, "√2:1", r`1:\sqrt2`],
    ],
  ],
  [
    "time",
    [
      [r`4:30\text{ p.m.}`, r`4:30\,\text{p.m.}`, r`4:30\text{ a.m.}`],
      [r`7:05\text{ a.m.}`, "07:05", "7:05 PM"],
      [r`2 \text{ hours } 30 \text{ minutes}`, r`2\frac12\text{ hours}`, r`2 \text{ hours } 20\text{ minutes}`],
    ],
  ],
  [
    "text",
    [
      [r`\text{even}`, r`\mathbf{even}`, r`\text{odd}`],
      [r`\text{Cauchy-Schwarz}`, "cauchy-schwarz", "Cauchy"],
      [r`\text{hyperbola}`, r`\text{the hyperbola}`, "parabola"],
    ],
  ],
  [
    "choice",
    [
      ["A", "The answer is A", "B"],
      [r`\text{(E)}`, r`\mathrm{(E)}`, "(D)"],
      ["B, C", "BC", "A, C"],
    ],
  ],
  [
    "LLM slips",
    [
      [r`\frac12`, r`\frac{1}{\,2\,}`, r`\frac21`],
      [r`\sqrt2`, r`\sqrt{2}\\`, r`\sqrt22`],
      [r`\left(x+1\right)^2`, r`\left[x+1\right]^2`, "x+1^2"],
      [r`\sin(x)`, r`\sin(x)\,`, r`\cos x`],
      ["1{,}000", r`1\text{,}000`, "100"],
      ["2^{n} - 1", "2^{n} - {1}", "2^{n-1}"],
    ],
  ],
  [
    "Unicode",
    [
      ["x² + y²", "x²+y²", "x²y²"],
      ["½", "１/２", "¼"],
      ["x ∈ ℝ", "ℝ", "ℤ"],
      ["α² + β²", r`\alpha^2+\beta^2`, "α²−β²"],
      ["|x − 1|", r`\left|x-1\right|`, "|x+1|"],
      ["∛8", "2", "3√8"],
      ["n! / (n−k)!", r`\frac{n!}{(n-k)!}`, "n!/k!"],
      ["θ = 45°", r`\theta=45^{\circ}`, "46"],
    ],
  ],
  [
    "near misses",
    [
      ["P(X>3) = 0.2", "0.2", "0.3"],
      ["2 to 3", "2:3", "3 to 2"],
      [r`\{1, 2\} \cup \{3\}`, r`\{1,2,3\}`, r`\{1,2\}`],
      ["x^2+C", "x^2+c", "x^3+c"],
      [r`z\overline{z}`, "|z|^2", "z^2"],
      [
        r`\begin{pmatrix}1&2\\3&4\end{pmatrix}^T`,
        r`\begin{pmatrix}1&3\\2&4\end{pmatrix}`,
        r`\begin{pmatrix}1&2\\3&4\end{pmatrix}`,
      ],
      [r`33\frac13\%`, r`\frac13`, r`33\%`],
      ["|x|<2", "-2<x<2", r`|x|\le2`],
      [r`\text{no solution}`, r`\emptyset`, "0"],
      ["1,024", "1024", "1.024"],
      [r`\frac{dy}{dx}=2x`, "y'=2x", r`\frac{dy}{dx}=x`],
      ["f(2)=3", "3", "2"],
      ["{}_5C_2", "10", "{}_5P_2"],
      [r`x \equiv 3 \pmod 7`, "3", r`x \equiv 4 \pmod 7`],
    ],
  ],
  [
    "competition answers",
    [
      [r`\frac{2 \pi-3 \sqrt{3}}{2}`, "(2π-3√3)/2", r`\pi-\frac{3\sqrt3}{4}`],
      ["(1,1,1),(2,2,2)", r`(2,2,2) \text{ and } (1,1,1)`, "(1,1,1)"],
      ["p=2,3,5", "p=5,3,2", "2,3"],
      [r`\lfloor\frac{n}{2}\rfloor+1`, r`\lfloor\frac{n+2}{2}\rfloor`, r`\lceil\frac n2\rceil+1`],
      [r`[-1,2) \cup(2, \infty)`, r`[-1,2)\cup(2,+\infty)`, r`[-1,\infty)`],
      [r`\frac{\sqrt{3}}{2}<x \leq 1`, r`1\ge x>\frac{\sqrt3}{2}`, r`\frac{\sqrt3}{2}\le x\le1`],
      [r`10 \frac{2}{3}`, r`\frac{32}{3}`, r`\frac{20}{3}`],
      [r`1.6 \times 10^{-19} \mathrm{C}`, "1.6e-19", r`1.6\times10^{-18}`],
    ],
  ],
  [
    "notation",
    [
      [r`\exponentialE^{x}`, r`\mathrm{e}^x`, "e^{-x}"],
      [r`\left\lvert x\right\rvert`, r`\vert x\vert`, "x"],
      [r`\gcd(18,15,6)`, "3", "6"],
      [r`\sum_{i=1}^{n} i`, r`\frac{n^2+n}{2}`, r`\sum_{i=0}^{n}i+1`],
      [r`\frac{\partial}{\partial x}(x^2 y)`, r`\frac{\partial (x^2y)}{\partial x}`, "x^2"],
      [r`1.5\times10^{-3}`, "0.0015", "0.015"],
      [r`\sqrt[3]{x+1}`, r`\sqrt[3] {x+1}`, r`\sqrt{x+1}^3`],
      [r`\{1,2\}\cap\{2,3\}`, r`\{2\}`, r`\{1,2,3\}`],
    ],
  ],
  [
    "plain text",
    [
      ["sin^-1(x)", "sin^(-1) x", "sin(x)^-1"],
      ["y<2x+4", "y-2x<4", "y>2x+4"],
      ["(x+1)(x-1)/(x-1)", "x+1", "x-1"],
      ["a^b^c", "a^{b^c}", "(a^b)^c"],
      ["6/2(1+2)", "9", "7"],
    ],
  ],
  [
    "more",
    [
      ["f(3)=7", "f(3) = 7", "f(3)=8"],
      [r`\begin{pmatrix} 1 \\ 2 \end{pmatrix}`, "(1,2)", r`\begin{pmatrix} 2 \\ 1 \end{pmatrix}`],
      [r`y = -\frac{2}{3}x + 4`, "y = -2x/3 + 4", "3x+2y = 12"],
      [r`\sum_{k=0}^{\infty} \frac{x^k}{k!}`, "e^x", "e^{-x}"],
      ["0.125", "2^{-3}", "0.12"],
      [r`3.0 \times 10^{8} \mathrm{~m} / \mathrm{s}`, "3e8 m/s", r`3.0\times 10^7`],
      [r`\ln(\sqrt{2}+1)`, r`-\ln(\sqrt2-1)`, r`\ln(\sqrt2-1)`],
      [r`3 \text{ and } 5`, r`\{3,5\}`, "3"],
    ],
  ],
  [
    "systems and named values",
    [
      ["a=3, b=4", "b=4, a=3", "a=4, b=3"],
      ["a=3, b=4", r`(a,b)=(3,4)`, "(4,3)"],
      ["a=3, b=4", r`\begin{aligned}a&=3\\b&=4\end{aligned}`, "a=3"],
      ["(1,2)", "y=2, x=1", "x=2, y=1"],
      ["(1,-1),(-1,1)", r`x=1, y=-1 \text{ or } x=-1, y=1`, "(1,1),(-1,-1)"],
      [r`\text{Area} = 20\text{ cm}^2`, "A=20", "A=21"],
      ["1<x<3", "x>1, x<3", "1<y<3"],
      ["x=5", "5 = x", r`x\ne5`],
      ["x^2+y^2=4", "4=x^2+y^2", "x^2-y^2=4"],
    ],
  ],
  [
    "conditions and remarks",
    [
      [r`k\pi, k\in\mathbb{Z}`, r`k\pi (k\in\mathbb{Z})`, r`2k\pi (k\in\mathbb{Z})`],
      [r`k\pi, k\in\mathbb{Z}`, r`x = n\pi, \text{ where } n \text{ is an integer}`, r`k\pi, k\in\mathbb{N}`],
      [
        r`\pm\frac{\pi}{3}+2k\pi, k\in\mathbb{Z}`,
        r`2n\pi \pm \pi/3, n \in \mathbb{Z}`,
        r`\frac{\pi}{3}+2k\pi, k\in\mathbb{Z}`,
      ],
      ["a_n=2n+1", r`2n+1, n \ge 1`, r`2n-1, n \ge 1`],
      [r`2\sqrt{5}`, r`2\sqrt{5}\ (\approx 4.47)`, r`3\sqrt{5}\ (\approx 4.47)`],
      ["f(x)=x", r`f(x)=x \text{ for all } x \in \mathbb{R}`, r`f(x)=-x \text{ for all } x \in \mathbb{R}`],
    ],
  ],
  [
    "vectors",
    [
      ["(3,-4)", r`3\mathbf{i}-4\mathbf{j}`, r`3\mathbf{i}+4\mathbf{j}`],
      [r`\begin{pmatrix}1\\2\\3\end{pmatrix}`, r`\hat{i}+2\hat{j}+3\hat{k}`, r`\hat{i}+2\hat{j}`],
      ["(1,2,3)", "<1,2,3>", "<1,3,2>"],
      [
        r`\begin{pmatrix}1+2t\\t\end{pmatrix}`,
        r`\langle 1,0\rangle + t\langle 2,1\rangle`,
        r`\langle 1,0\rangle + t\langle 1,2\rangle`,
      ],
      ["-2", r`\det\begin{pmatrix}1&2\\3&4\end{pmatrix}`, "2"],
    ],
  ],
  [
    "sets of numbers",
    [
      ["[1,3)", "[1,3[", "]1,3]"],
      [r`(-\infty,-1)\cup(1,\infty)`, r`(-\infty, -1) U (1, \infty)`, r`(-\infty,-1)`],
      [r`\mathbb{R}\setminus\{0\}`, r`\mathbb{R}^*`, r`\mathbb{R}`],
      [r`\mathbb{R}\setminus\{0\}`, r`\mathbb{R}-\{0\}`, r`\mathbb{R}\setminus\{1\}`],
      [r`\{1,2,3\}`, r`\{x \in \mathbb{Z} \mid 1 \leq x \leq 3\}`, "[1,3]"],
      [r`x\le-1 \text{ or } x\ge2`, r`|2x-1|\ge3`, r`-1\le x\le2`],
      [r`(2,\infty)`, "{x | x > 2}", "{x | x >= 2}"],
    ],
  ],
  [
    "numbers as they are written",
    [
      ["42", "forty-two", "4 2"],
      ["42", "**42**", "420"],
      ["1000", "1, 000", "1, 0"],
      ["45.5", r`45^{\circ}30^{\prime}`, r`45^\circ 20'`],
      [r`12.51^\circ`, r`12^\circ 30' 36''`, r`12^\circ 36' 30''`],
      [r`\frac{3}{2}`, "1 1/2", "11/2"],
      [r`\frac23`, r`0.\overline6`, "0.66"],
      ["120", r`{}_{10}C_3`, r`{}_{10}P_3`],
      ["150 minutes", "2 hours and 30 minutes", "2 hours and 20 minutes"],
      ["1000 m", "1 km", "100 m"],
      ["9.8", "9.8 m/s^2", "8.9 m/s^2"],
    ],
  ],
  [
    "what points must show",
    [
      [r`\lfloor x\rfloor + 1`, r`\lfloor x+1\rfloor`, r`\lceil x\rceil`],
      [r`|ab|`, r`|a||b|`, "ab"],
      [r`\overline{z}`, r`\bar z`, "z"],
      [r`\operatorname{Re}(z)`, r`\frac{z+\bar z}{2}`, "z"],
      [r`\int_a^b f(x)\,dx`, r`\int^b_a f(t)\,dt`, r`\int_b^a f(x)\,dx`],
      [r`\arcsin x + \arccos x`, r`\frac{\pi}{2}`, r`\pi`],
    ],
  ],
  [
    "and, or",
    [
      ["1<x<3", r`x>1 \text{ and } x<3`, r`x>1 \text{ or } x<3`],
      [r`x<1 \text{ or } x>3`, r`x>3 \lor x<1`, r`x<1 \text{ and } x>3`],
      ["x>5", r`x>2 \text{ and } x>5`, r`x>2 \text{ or } x>5`],
      ["x=1", r`x\le1 \text{ and } x\ge1`, r`x\le1 \text{ or } x\ge1`],
      [r`a\ne0 \text{ and } b\ne0`, r`b\ne0 \text{ and } a\ne0`, r`a\ne0 \text{ or } b\ne0`],
      [r`\{x\mid x<1 \text{ or } x>3\}`, r`(-\infty,1)\cup(3,\infty)`, r`\{x\mid x<1 \text{ and } x>3\}`],
      [r`x=1 \text{ or } x=2`, r`x=1 \text{ and } x=2`, r`x=1 \text{ and } x=3`],
      [r`(-\infty,-2)\cup(3,\infty)`, r`(-\infty,-2) \text{ and } (3,\infty)`, r`(-\infty,-2), (4,\infty)`],
    ],
  ],
  [
    "chain",
    [
      ["a=b=c", "b=a=c", "a=c"],
      ["x=y=z=1", "x=1,y=1,z=1", "x=y=-z=1"],
      ["6x=4y=3z", r`\frac x2=\frac y3=\frac z4`, r`\frac x3=\frac y2=\frac z4`],
      ["2a=3b=6", "a=3, b=2", "3a=2b=6"],
      [r`\frac{x-1}{2}=\frac{y-3}{-1}=\frac z4`, r`\frac{x-1}{2}=3-y=\frac z4`, r`\frac z4`],
      ["x=y=5", "y=x=5", "x=z=5"],
      ["5.3 kg", r`5 \text{ kg and } 300 \text{ g}`, "305"],
      [r`12 \text{ boys and } 15 \text{ girls}`, r`12 \text{ boys, } 15 \text{ girls}`, "27"],
      [r`A=\pi r^2=25\pi`, r`25\pi`, r`\pi r^2`],
    ],
  ],
  [
    "what turns",
    [
      ["|30-x|", "|x-30|", "30-x"],
      ["|x+12|", r`\sqrt{(x+12)^2}`, "x+12"],
      [r`\max(x,50)`, r`\frac{x+50+|x-50|}{2}`, "50"],
      [r`|x+3| \ge 2`, r`|-3-x| \ge 2`, r`x \ge -1`],
      ["|z-i|=1", "|i-z|=1", "|z+i|=1"],
      ["4", "x=y=4", "x=4, y=5"],
    ],
  ],
  [
    "what is measured",
    [
      ["120", r`\binom{10}{3}=120`, r`\binom{10}{3}=121`],
      [r`\frac12`, r`P(A\cap B)=\frac12`, r`\sin x=\frac12`],
      ["5", r`|\vec a|=5`, "|x-2|=5"],
      ["5", r`\lim_{n\to\infty}a_n=5`, "2x+z=5"],
      ["2", r`\operatorname{rank}(A)=2`, "x^2+y^2=2"],
      ["1.5", r`\bar x=1.5`, "p+q=1.5"],
      [r`\{1,2\}`, r`A\cap B=\{1,2\}`, r`A\cap B=\{1,3\}`],
      ["(x+1)^2", "x^2+2x+1=(x+1)^2", "x^2+2x+2=(x+1)^2"],
      ["2x", r`(f\circ g)(x)=2x`, r`\frac{d}{dx}x^2=3x`],
      [r`P(A)=\frac12`, r`\frac12`, r`P(B)=\frac12`],
      [r`P(A)=\frac13, P(B)=\frac14`, r`P(B)=\frac14, P(A)=\frac13`, r`P(A)=\frac14, P(B)=\frac13`],
      ["f(1)=2, f(2)=3", "f(2)=3, f(1)=2", "f(1)=3, f(2)=2"],
      ["f(1)>2", "2<f(1)", "f(2)>2"],
      ["f^{-1}(x)=2x", "f^{-1}(t)=2t", "f(x)=2x"],
      ["A(0,1), B(2,3)", "B(2,3), A(0,1)", "A(2,3), B(0,1)"],
      ["x=1, y=2", "y=2, x=1", "x=1, z=2"],
      [r`5 \text{ or less}`, "5", r`5 \text{ or more}`],
      [r`20\% \text{ increase}`, r`20\%`, r`20\% \text{ decrease}`],
      [r`20^\circ\text{C}`, "20", r`20^\circ\text{F}`],
      [r`90^\circ \text{ clockwise}`, r`90^\circ`, r`90^\circ \text{ counterclockwise}`],
    ],
  ],
]

describe.each(KINDS)("%s", (_, triples) => {
  it.each(triples)("%s is %s", (reference, same) => expect(compare(reference, same).outcome).toBe("equivalent"))

  it.each(triples)("%s, which is %s, is not %s", (reference, _same, other) =>
    expect(compare(reference, other).outcome).not.toBe("equivalent"),
  )
})

it("a bracket that holds nothing is no vector", () => {
  expect(compare("(", "3i").outcome).toBe("different")
  expect(compare("3i + 1", r`\left(`).outcome).toBe("different")
})

/** A reference inequality accepts the interval that solves it, and not the other way round. */
const isInequality = (text: string): boolean => /[<>≤≥]|\\(?:le|ge|ne|lt|gt)/.test(text)

describe("the order of the two", () => {
  it.each(KINDS)("does not matter for %s", (_, triples) => {
    for (const [reference, same, other] of triples) {
      if (isInequality(reference) !== isInequality(same)) continue
      expect([reference, compare(same, reference).outcome]).toEqual([reference, "equivalent"])
      expect([reference, compare(other, reference).outcome]).not.toEqual([reference, "equivalent"])
    }
  })
})
