import FeatureCache
import Foundation
import Qwen

/// A picture like a receipt: lines of digits in a typeface of 3 x 5 squares, on paper that is not quite white.
struct DrawnReceipt {
    var lines: [String]
    var width = 224
    var height = 320
    /// Pixels of a square of the typeface.
    var square = 2

    /// A receipt of a number's own digits.
    static func numbered(_ number: Int, lineCount: Int = 18) -> DrawnReceipt {
        var state = UInt64(number &+ 1) &* 0x9E37_79B9_7F4A_7C15
        func next() -> Int {
            state ^= state << 13
            state ^= state >> 7
            state ^= state << 17
            return Int(state >> 33)
        }
        return DrawnReceipt(
            lines: (0..<lineCount).map { _ in
                let words = (0..<2 + next() % 3).map { _ in
                    (0..<2 + next() % 5).map { _ in String(next() % 10) }.joined()
                }
                return String(
                    words.joined(separator: String(repeating: " ", count: 1 + next() % 5)).prefix(
                        24
                    )
                )
            }
        )
    }

    /// The digits in reading order.
    var digits: String { lines.joined().filter(\.isNumber) }

    /// The same with one digit made another.
    func withOtherDigit(line: Int, place: Int = 0) -> DrawnReceipt {
        var copy = self
        var letters = Array(copy.lines[line])
        let digits = letters.indices.filter { letters[$0].isNumber }
        let index = digits[place % digits.count]
        let others: [Character: Character] = [
            "0": "8", "1": "7", "2": "3", "3": "8", "4": "9", "5": "6", "6": "8", "7": "1",
            "8": "0", "9": "4",
        ]
        letters[index] = others[letters[index]] ?? "0"
        copy.lines[line] = String(letters)
        return copy
    }

    /// The same without a line.
    func withoutLine(_ line: Int) -> DrawnReceipt {
        var copy = self
        copy.lines[line] = ""
        return copy
    }

    /// Its pixels.
    func drawn() -> RGBPicture {
        var pixels = [UInt8](repeating: 0, count: width * height * 3)
        for row in 0..<height {
            for column in 0..<width {
                let paper = UInt8(236 + (row + 2 * column) / 64 % 6)
                for channel in 0..<3 { pixels[(row * width + column) * 3 + channel] = paper }
            }
        }
        for (number, line) in lines.enumerated() {
            let top = 12 + number * (5 * square + 6)
            for (place, letter) in line.enumerated() {
                let left = 12 + place * 4 * square
                guard let shape = Self.shapes[letter], left + 3 * square < width - 8,
                    top + 5 * square < height - 8
                else { continue }
                for row in 0..<5 * square {
                    for column in 0..<3 * square {
                        guard shape[row / square] >> UInt8(2 - column / square) & 1 == 1 else {
                            continue
                        }
                        let at = ((top + row) * width + left + column) * 3
                        for channel in 0..<3 { pixels[at + channel] = 40 }
                    }
                }
            }
        }
        return RGBPicture(width: width, height: height, pixels: pixels)
    }

    private static let shapes: [Character: [UInt8]] = [
        "0": [7, 5, 5, 5, 7], "1": [2, 6, 2, 2, 7], "2": [7, 1, 7, 4, 7], "3": [7, 1, 7, 1, 7],
        "4": [5, 5, 7, 1, 1], "5": [7, 4, 7, 1, 7], "6": [7, 4, 7, 5, 7], "7": [7, 1, 2, 2, 2],
        "8": [7, 5, 7, 5, 7], "9": [7, 5, 7, 1, 7],
    ]
}

extension RGBPicture {
    /// The picture moved by whole pixels, its edges drawn out.
    func moved(x: Int, y: Int) -> RGBPicture {
        mapped { row, column, channel in
            at(min(max(row - y, 0), height - 1), min(max(column - x, 0), width - 1), channel)
        }
    }

    /// The picture with noise of about so many levels.
    func withNoise(_ levels: Double, seed: Int = 1) -> RGBPicture {
        var state = UInt64(seed) &* 0x9E37_79B9_7F4A_7C15 &+ 1
        func uniform() -> Double {
            state ^= state << 13
            state ^= state >> 7
            state ^= state << 17
            return Double(state >> 11) / Double(1 << 53)
        }
        // Four uniform numbers are near enough to a normal one.
        let noise = (0..<width * height).map { _ -> Double in
            let sum: Double = uniform() + uniform() + uniform() + uniform()
            return (sum - 2) * levels * 1.732
        }
        return mapped { row, column, channel in
            at(row, column, channel) + Int(noise[row * width + column].rounded())
        }
    }

    /// The picture as JPEG of some quality leaves it: brightness in blocks of 8 x 8, coefficients rounded to the standard's steps.
    func coded(quality: Int) -> RGBPicture {
        let scale = quality < 50 ? 5000 / quality : 200 - 2 * quality
        let steps = Self.luminanceSteps.map { Double(max(1, min(255, ($0 * scale + 50) / 100))) }
        var waves = [[Double]](repeating: [Double](repeating: 0, count: 8), count: 8)
        var turned = waves
        for frequency in 0..<8 {
            let weight: Double = frequency == 0 ? 0.125.squareRoot() : 0.5
            for place in 0..<8 {
                let angle: Double = Double.pi * (Double(place) + 0.5) * Double(frequency) / 8
                waves[frequency][place] = cos(angle) * weight
                turned[place][frequency] = waves[frequency][place]
            }
        }
        var grey = [Double](repeating: 0, count: width * height)
        for top in stride(from: 0, to: height - 7, by: 8) {
            for left in stride(from: 0, to: width - 7, by: 8) {
                var block = [Double](repeating: 0, count: 64)
                for place in 0..<64 {
                    block[place] = Double(at(top + place / 8, left + place % 8, 1)) - 128
                }
                var coefficients = Self.transformed(block, waves)
                for place in 0..<64 {
                    coefficients[place] =
                        (coefficients[place] / steps[place]).rounded() * steps[place]
                }
                let back = Self.transformed(coefficients, turned)
                for place in 0..<64 {
                    grey[(top + place / 8) * width + left + place % 8] = back[place] + 128
                }
            }
        }
        return mapped { row, column, _ in Int(grey[row * width + column].rounded()) }
    }

    /// The picture at another size, every pixel the nearest.
    func scaled(width newWidth: Int, height newHeight: Int) -> RGBPicture {
        var pixels: [UInt8] = []
        for row in 0..<newHeight {
            for column in 0..<newWidth {
                for channel in 0..<3 {
                    pixels.append(
                        UInt8(at(row * height / newHeight, column * width / newWidth, channel))
                    )
                }
            }
        }
        return RGBPicture(width: newWidth, height: newHeight, pixels: pixels)
    }

    private func at(_ row: Int, _ column: Int, _ channel: Int) -> Int {
        Int(pixels[(row * width + column) * 3 + channel])
    }

    private func mapped(_ value: (Int, Int, Int) -> Int) -> RGBPicture {
        var result = pixels
        for row in 0..<height {
            for column in 0..<width {
                for channel in 0..<3 {
                    result[(row * width + column) * 3 + channel] = UInt8(
                        clamping: value(row, column, channel)
                    )
                }
            }
        }
        return RGBPicture(width: width, height: height, pixels: result)
    }

    /// Rows and columns of a block of 8 x 8, each by its waves.
    private static func transformed(_ block: [Double], _ waves: [[Double]]) -> [Double] {
        var half = [Double](repeating: 0, count: 64)
        var whole = half
        for row in 0..<8 {
            for column in 0..<8 {
                var sum = 0.0
                for place in 0..<8 { sum += waves[row][place] * block[place * 8 + column] }
                half[row * 8 + column] = sum
            }
        }
        for row in 0..<8 {
            for column in 0..<8 {
                var sum = 0.0
                for place in 0..<8 { sum += half[row * 8 + place] * waves[column][place] }
                whole[row * 8 + column] = sum
            }
        }
        return whole
    }

    /// Table K.1 of ITU-T T.81.
    private static let luminanceSteps = [
        16, 11, 10, 16, 24, 40, 51, 61, 12, 12, 14, 19, 26, 58, 60, 55,
        14, 13, 16, 24, 40, 57, 69, 56, 14, 17, 22, 29, 51, 87, 80, 62,
        18, 22, 37, 56, 68, 109, 103, 77, 24, 35, 55, 64, 81, 104, 113, 92,
        49, 64, 78, 87, 103, 121, 120, 101, 72, 92, 95, 98, 112, 100, 103, 99,
    ]
}
