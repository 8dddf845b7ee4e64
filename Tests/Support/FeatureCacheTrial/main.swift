import FeatureCache
import Foundation
import Qwen
import SystemPackage

// The feature cache, driven by `Benchmarks/feature-cache.py`:
//
//   feature-cache-trial FOLDER              commands on standard input, an answer of one line for each
//   feature-cache-trial FOLDER fill N SIDE  N entries of drawn pictures, and how long look-ups among them take
//
// A command is a line, words parted by tabs, and the pixels that it announces, 3 bytes each. A picture is `WIDTH HEIGHT`, then
// `SOURCE-WIDTH SOURCE-HEIGHT`, then its digits or `-`:
//
//   store PICTURE              keeps features of it
//   look PICTURE               `exact`, `near DONOR` or `absent REJECTED DUPLICATE`
//   compare PICTURE PICTURE    bits of the hashes, 1 for neighbours, worst window, worst colour, 1 for the same pixels

let words = CommandLine.arguments
guard words.count == 2 || (words.count == 5 && words[2] == "fill") else {
    print("feature-cache-trial FOLDER [fill COUNT SIDE]")
    exit(64)
}
let cache = FeatureCache(
    CacheLocation(folder: FilePath(words[1]), byteLimit: .max / 2),
    model: "trial"
) { print("note: \($0)") }
if words.count == 5, let count = Int(words[3]), let side = Int(words[4]) {
    try Filling(cache: cache, side: side).run(count)
} else {
    serve(cache)
}

func serve(_ cache: FeatureCache) {
    var input = Input()
    while let line = input.line() {
        var fields = line.split(separator: "\t", omittingEmptySubsequences: false).map(String.init)[
            ...
        ]
        let command = fields.popFirst()
        switch command {
        case "store":
            guard let picture = readPicture(&fields, &input) else { return }
            cache.store(smallFeatures, of: picture)
            say("stored \(picture.key)")
        case "look":
            guard let picture = readPicture(&fields, &input) else { return }
            switch cache.lookUp(picture) {
            case .exact: say("exact")
            case .near(_, let donor): say("near \(donor)")
            case .absent(let rejected, let duplicate):
                say("absent \(rejected) \(duplicate ?? "-")")
            }
        case "compare":
            guard let one = readPicture(&fields, &input), let other = readPicture(&fields, &input)
            else { return }
            let likeness = Likeness(one, other)
            say(
                "\(likeness.distance) \(likeness.areNeighbours ? 1 : 0) \(likeness.worst) "
                    + "\(likeness.worstColour) \(likeness.agrees ? 1 : 0)"
            )
        default:
            say("no command \(command ?? "")")
            return
        }
    }
}

/// Prints a line at once, as somebody waits for it.
func say(_ line: String) {
    _ = try? FileDescriptor.standardOutput.writeAll(Array((line + "\n").utf8))
}

func readPicture(_ fields: inout ArraySlice<String>, _ input: inout Input) -> SeenPicture? {
    let sides = fields.prefix(4).compactMap { Int($0) }
    guard sides.count == 4, fields.count >= 5 else { return nil }
    let digits = fields[fields.startIndex + 4]
    fields = fields.dropFirst(5)
    guard let pixels = input.bytes(sides[0] * sides[1] * 3) else { return nil }
    return SeenPicture(
        RGBPicture(width: sides[0], height: sides[1], pixels: pixels),
        digits: digits == "-" ? nil : digits,
        source: .init(width: sides[2], height: sides[3])
    )
}
