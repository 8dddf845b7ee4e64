import Glibc
import Tensors

// Damaged files into every reader of foreign bytes: `scripts/fuzz` builds this under the address sanitizer and runs it.
//
//   fuzz TARGET [OPTIONS OF LIBFUZZER] [FOLDER OF SEEDS …]    with libFuzzer linked in
//   fuzz TARGET FILE …                                        each file once: has a finding been mended?
//   fuzz TARGET -seconds=N [-seed=N] FOLDER OF SEEDS          our own mutations, where libFuzzer is not there
//   fuzz pack FOLDER FILE                                     packs a model, to begin with

let words = CommandLine.arguments
if words.count == 4, words[1] == "pack" {
    try writePacked(words[2], to: words[3])
    exit(0)
}
guard words.count >= 2, let target = FuzzTarget(rawValue: words[1]) else {
    let names = FuzzTarget.allCases.map(\.rawValue).joined(separator: ", ")
    print("fuzz: name a target: \(names)")
    exit(64)
}
if let status = LibFuzzer.run(target, program: words[0], arguments: Array(words.dropFirst(2))) {
    exit(status)
}
exit(OwnFuzzer.run(target, arguments: Array(words.dropFirst(2))))
