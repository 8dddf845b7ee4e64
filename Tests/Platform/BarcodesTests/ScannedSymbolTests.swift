import Barcodes
import Testing

/// A picture of bars, drawn from the digits of an EAN-13.
private struct Bars {
    var grey: [UInt8]
    let width: Int
    let height: Int

    private static let left = [
        "0001101", "0011001", "0010011", "0111101", "0100011", "0110001", "0101111", "0111011",
        "0110111", "0001011",
    ]
    private static let parity = [
        "LLLLLL", "LLGLGG", "LLGGLG", "LLGGGL", "LGLLGG", "LGGLLG", "LGGGLL", "LGLGLG", "LGLGGL",
        "LGGLGL",
    ]

    init(_ code: String, module: Int = 3, margin: Int = 40) {
        let digits = code.compactMap(\.wholeNumberValue)
        var modules = "101"
        for (digit, kind) in zip(digits[1...6], Bars.parity[digits[0]]) {
            let left = Bars.left[digit]
            let swapped = left.map { $0 == "1" ? "0" : "1" }.joined()
            modules += kind == "L" ? left : String(swapped.reversed())
        }
        modules += "01010"
        for digit in digits[7...] {
            modules += Bars.left[digit].map { $0 == "1" ? "0" : "1" }.joined()
        }
        modules += "101"
        width = modules.count * module + 2 * margin
        height = 60 + 2 * margin
        grey = [UInt8](repeating: 255, count: width * height)
        for (index, sign) in modules.enumerated() where sign == "1" {
            for y in margin..<(height - margin) {
                for x in 0..<module { grey[y * width + margin + index * module + x] = 0 }
            }
        }
    }

    /// Turned by a quarter.
    var turned: Bars { Bars(columnsOf: self) }

    private init(columnsOf bars: Bars) {
        width = bars.height
        height = bars.width
        grey = [UInt8](repeating: 255, count: width * height)
        for y in 0..<bars.height {
            for x in 0..<bars.width {
                grey[x * width + (bars.height - 1 - y)] = bars.grey[y * bars.width + x]
            }
        }
    }

    var symbols: [ScannedSymbol] {
        ScannedSymbol.scan(grey: grey, width: width, height: height, limit: 10)
    }
}

@Suite struct ScannedSymbolTests {
    @Test(arguments: ["4006381333931", "9780201379624"])
    func `the bars of an article number are read, level and on their side`(code: String) throws {
        let bars = Bars(code)
        for symbols in [bars.symbols, bars.turned.symbols] {
            let symbol = try #require(symbols.first)
            #expect(symbols.count == 1)
            #expect(symbol.text == code)
            #expect(symbol.format == "EAN-13")
            #expect(symbol.rows >= 3)
        }
    }

    @Test func `a symbol's corners lie around its bars`() throws {
        let symbol = try #require(Bars("4006381333931").symbols.first)
        let xs = symbol.corners.map(\.x)
        #expect(abs((xs.min() ?? 0) - 40) <= 4)
        #expect(abs((xs.max() ?? 0) - (40 + 95 * 3)) <= 4)
    }

    @Test func `paper and grain hold no symbols`() {
        var grain = [UInt8](repeating: 255, count: 300 * 200)
        var state: UInt32 = 7
        #expect(ScannedSymbol.scan(grey: grain, width: 300, height: 200, limit: 10).isEmpty)
        for index in grain.indices {
            state = state &* 1_664_525 &+ 1_013_904_223
            grain[index] = UInt8(state >> 24)
        }
        #expect(ScannedSymbol.scan(grey: grain, width: 300, height: 200, limit: 10).isEmpty)
        #expect(ScannedSymbol.scan(grey: [0], width: 1, height: 1, limit: 10).isEmpty)
    }
}
