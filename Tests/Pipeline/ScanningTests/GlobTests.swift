import Scanning
import Testing

@Suite struct GlobTests {
    struct Example: Sendable, CustomTestStringConvertible {
        var pattern: String
        var matching: [String]
        var others: [String]
        var testDescription: String { pattern }
    }

    @Test(arguments: [
        Example(
            pattern: "**/*.{jpg,png}",
            matching: ["a.jpg", "a.PNG", "x/y/z.Jpg", ".jpg", "x/.jpg", "a b\n.png"],
            others: ["a.jpeg", "ajpg", "a.jpg/b", "a.jpgx", "jpg"]
        ),
        Example(pattern: "*.jpg", matching: ["a.jpg"], others: ["x/a.jpg", "a.jpg "]),
        Example(pattern: "*", matching: ["a", ".a"], others: ["a/b"]),
        Example(pattern: "**", matching: ["a", "a/b", ".a/b"], others: []),
        Example(pattern: "**/*", matching: ["a", "a/b", ".a/b"], others: []),
        Example(pattern: "a/**", matching: ["a/b", "a/b/c", "A/b"], others: ["a", "b/a", "ab/c"]),
        Example(pattern: "a/", matching: ["a/b", "a/b/c"], others: ["a", "ab"]),
        Example(pattern: "./a/*", matching: ["a/b"], others: ["a", "a/b/c"]),
        Example(pattern: "/a//b", matching: ["a/b"], others: ["x/a/b", "a//b"]),
        Example(
            pattern: "a/**/b",
            matching: ["a/b", "a/x/b", "a/x/y/b"],
            others: ["ab", "a/xb", "a/b/c", "xa/b"]
        ),
        Example(pattern: "a**b", matching: ["ab", "axb", "a.b"], others: ["a/b", "a/x/b"]),
        Example(pattern: "**/.*", matching: [".git", "x/.a"], others: ["a", "a.b", "x/a"]),
        Example(
            pattern: "?.txt",
            matching: ["a.txt", "é.txt", "漢.txt", "🧾.txt"],
            others: [".txt", "ab.txt", "/.txt"]
        ),
        Example(pattern: "[a-c]x", matching: ["ax", "Bx", "cx"], others: ["dx", "x", "/x"]),
        Example(
            pattern: "[!a-c]x",
            matching: ["dx", "éx", "-x"],
            others: ["ax", "Ax", "/x", "x"]
        ),
        Example(pattern: "[^a]", matching: ["b"], others: ["a", "A"]),
        Example(pattern: "[]-]", matching: ["]", "-"], others: ["a"]),
        Example(pattern: "[а-я]1", matching: ["а1", "ж1", "я1"], others: ["a1", "Ж1", "1"]),
        Example(
            pattern: "{a,b{c,d},}x",
            matching: ["ax", "bcx", "bdx", "x"],
            others: ["bx", "abcx"]
        ),
        Example(
            pattern: "{2024,2025}/**/*.pdf",
            matching: ["2024/a.pdf", "2025/x/a.PDF"],
            others: ["2023/a.pdf"]
        ),
        Example(pattern: "{a/**,b}", matching: ["a/x", "a/x/y", "b"], others: ["a", "b/x"]),
        Example(pattern: "{**/,}*.md", matching: ["a.md", "x/a.md"], others: ["x/a"]),
        Example(
            pattern: "Rechnung \\[1\\]*.pdf",
            matching: ["Rechnung [1] neu.pdf"],
            others: ["Rechnung 1.pdf"]
        ),
        Example(pattern: "a,b}", matching: ["a,b}"], others: ["a", "b"]),
        Example(pattern: "**/**/x", matching: ["x", "a/x", "a/b/x"], others: ["a/xx"]),
    ])
    func `a pattern matches what its description says`(example: Example) throws {
        let glob = try Glob(example.pattern)
        for path in example.matching {
            #expect(glob.matches(Array(path.utf8)), "\(example.pattern) should match \(path)")
        }
        for path in example.others {
            #expect(!glob.matches(Array(path.utf8)), "\(example.pattern) should not match \(path)")
        }
    }

    @Test func `a range of characters holds exactly those between its ends`() throws {
        let bounds: [(UInt32, UInt32)] = [
            (0xA0, 0x17F), (0x7F0, 0x812), (0x400, 0x4FF), (0x3040, 0x10_0100), (0xD000, 0xE00F),
            (0x1F600, 0x1F64F),
        ]
        var random = SeededGenerator(seed: 3)
        for (low, high) in bounds {
            let ends = [low, high].compactMap { Unicode.Scalar($0).map(String.init) }
            let glob = try Glob("[\(ends[0])-\(ends[1])]")
            let near = [low, high].flatMap { ($0 - 3)...($0 + 3) }
            let anywhere = (0..<500).map { _ in UInt32.random(in: 0x80...0x10FFFF, using: &random) }
            for scalar in (near + anywhere).compactMap({ Unicode.Scalar($0) }) {
                let isInside = (low...high).contains(scalar.value)
                #expect(glob.matches(Array(String(scalar).utf8)) == isInside, "\(scalar.value)")
            }
        }
    }

    @Test func `names that are not UTF-8 match like any other`() throws {
        let latin1: [UInt8] = [0x52, 0xE9, 0x2E, 0x6A, 0x70, 0x67]  // Ré.jpg
        #expect(try Glob("*.jpg").matches(latin1))
        #expect(try Glob("r?.jpg").matches(latin1))
        #expect(try Glob("r[!x].jpg").matches(latin1))
        #expect(try !Glob("re.jpg").matches(latin1))
    }

    @Test(arguments: [
        ("", GlobError.empty), ("./", .empty), ("/", .empty), (".", .empty),
        ("a{b,c", .unclosedBrace(offset: 1)), ("{a,{b}", .unclosedBrace(offset: 0)),
        ("x[ab", .unclosedBracket(offset: 1)), ("x[a/b]", .unclosedBracket(offset: 1)),
        ("[z-a]", .reversedRange(offset: 1)), ("ab\\", .danglingBackslash(offset: 2)),
        ("a/../b", .parentFolder(offset: 2)), ("..", .parentFolder(offset: 0)),
    ])
    func `a mistake is named with its place`(pattern: String, expected: GlobError) {
        #expect(throws: expected) { try Glob(pattern) }
    }

    @Test func `a pattern beyond reason is refused rather than compiled`() {
        let braces = String(repeating: "{", count: 40) + String(repeating: "}", count: 40)
        #expect(throws: GlobError.tooComplex) { try Glob(braces) }
        #expect(throws: GlobError.tooComplex) { try Glob(String(repeating: "ab", count: 4000)) }
        let wide = "{" + (0..<800).map { "\($0 % 10)" }.joined(separator: ",") + "}"
        #expect(throws: GlobError.tooComplex) { try Glob(wide + wide) }
    }

    @Test(.timeLimit(.minutes(1)))
    func `stars after stars do not make matching slow`() throws {
        let glob = try Glob("**/**/**/**/a*a*a*a*a*a*a*a*a*a*b")
        let name = [UInt8](repeating: UInt8(ascii: "a"), count: 255)
        let path = Array(
            [[UInt8]](repeating: name, count: 200).joined(separator: [UInt8(ascii: "/")])
        )
        #expect(!glob.matches(path))
        #expect(glob.matches(path + [UInt8(ascii: "b")]))
    }

    @Test func `many braces in a row are no more than their sum`() throws {
        let glob = try Glob(String(repeating: "{a,b}", count: 60))
        #expect(glob.matches(Array(String(repeating: "ab", count: 30).utf8)))
        #expect(!glob.matches(Array(String(repeating: "ab", count: 29).utf8)))
    }
}
