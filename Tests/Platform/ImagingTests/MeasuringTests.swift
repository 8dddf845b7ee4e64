import Glibc
import Imaging
import Testing

@Suite struct MeasuringTests {
    /// Lines of letters: plain strokes of one height, as far apart as letters are.
    static func page(
        capital: Int,
        lines: Int = 8,
        letters: Int = 20,
        ink: UInt8 = 20,
        paper: UInt8 = 230
    ) throws -> Picture {
        let (width, height) = (capital * (letters + 4), capital * (2 * lines + 4))
        var grey = [UInt8](repeating: paper, count: width * height)
        for line in 0..<lines {
            for letter in 0..<letters {
                let (x, y) = (capital * (letter + 2), capital * (2 * line + 2))
                for row in 0..<capital {
                    for column in 0..<capital * 6 / 10 {
                        let isStroke =
                            column < capital / 5 || row < capital / 6
                            || row >= capital - capital / 6
                        if isStroke { grey[(y + row) * width + x + column] = ink }
                    }
                }
            }
        }
        return try Picture(grey: grey, width: width, height: height)
    }

    @Test(arguments: [12, 20, 40])
    func `letters are counted and measured`(capital: Int) throws {
        let page = try Self.page(capital: capital)
        let measure = try page.letterMeasure()
        // The last letter of a line has none to its right.
        #expect((140...160).contains(measure.pairCount))
        #expect(abs(measure.capitalHeight * 0.95 - Double(capital)) <= Double(capital) * 0.15)
        let factor = measure.factor(toCapitalHeight: 20, width: page.width, height: page.height)
        #expect(abs(factor * Double(capital) - 20) < 4)
        #expect(abs(measure.left - 2 * capital) < 3 && abs(measure.top - 2 * capital) < 3)
        #expect(abs(measure.bottom - capital * 17) < 3)
    }

    @Test func `a measure taken of a faint print is the same`() throws {
        let measure = try Self.page(capital: 20, ink: 120, paper: 200).letterMeasure()
        #expect(measure.isReliable)
        #expect(abs(measure.capitalHeight * 0.95 - 20) <= 2)
    }

    @Test func `a blank page has no letters, whatever its paper`() throws {
        var random = DamageTests.Random(state: 1)
        let blank: [[UInt8]] = [
            [UInt8](repeating: 255, count: 300 * 400),
            (0..<300 * 400).map { UInt8(200 + $0 % 300 / 10) },
            (0..<300 * 400).map { _ in UInt8(220 + Int.random(in: -15...15, using: &random)) },
        ]
        for grey in blank {
            let measure = try Picture(grey: grey, width: 300, height: 400).letterMeasure()
            #expect(measure.pairCount < 10)
            #expect(measure.factor(toCapitalHeight: 20, width: 300, height: 400) == 1)
        }
    }

    @Test func `the smallest pictures can be measured`() throws {
        for (width, height) in [(1, 1), (3, 2), (1, 500), (40, 8)] {
            let picture = try Picture(
                grey: [UInt8](repeating: 9, count: width * height),
                width: width,
                height: height
            )
            #expect(try picture.letterMeasure().pairCount == 0)
            #expect(try picture.skewMeasure().isWorthCorrecting == false)
            #expect(try picture.toneStretched().width == width)
            #expect(try picture.scaled(by: 0.2).height >= 1)
        }
    }

    @Test(arguments: [-3.0, -0.5, 0.5, 2.0])
    func `a page that leans is set level`(degrees: Double) throws {
        let leaning = try Self.page(capital: 24, lines: 20, letters: 30).rotated(
            radians: degrees * .pi / 180
        )
        let skew = try leaning.skewMeasure()
        #expect(skew.isWorthCorrecting)
        #expect(abs(skew.radians * 180 / .pi + degrees) < 0.15)
        let level = try leaning.rotated(radians: skew.radians).skewMeasure()
        #expect(level.isWorthCorrecting == false)
    }

    @Test func `a factor stays within sense`() {
        let tiny = LetterMeasure(
            pairCount: 50,
            capitalHeight: 2,
            left: 0,
            top: 0,
            right: 1,
            bottom: 1
        )
        #expect(tiny.factor(toCapitalHeight: 20, width: 100, height: 100) == 5)
        #expect(tiny.factor(toCapitalHeight: 20, width: 4000, height: 4000) < 1.6)
        let giant = LetterMeasure(
            pairCount: 50,
            capitalHeight: 900,
            left: 0,
            top: 0,
            right: 1,
            bottom: 1
        )
        #expect(giant.factor(toCapitalHeight: 20, width: 100, height: 100) == 0.2)
    }

    @Test func `grey levels are found by their rank`() throws {
        let grey = (0..<200 * 200).map { UInt8($0 / 200) }
        let picture = try Picture(grey: grey, width: 200, height: 200)
        #expect(abs(picture.greyLevel(atRank: 0.5) - 100) <= 2)
    }
}
