import PipelineSpec

/// A pipeline without faults, to be made faulty line by line.
let goodSpec = """
    pipeline: receipts
    input:
      folders: [scans]
    record:
      merchant: {type: text, required: true}
      date: {type: date, order: day-first}
      total: {type: money, near: [zu zahlen], pattern: '\\d+,\\d\\d'}
      category: {type: label, labels: [food, travel]}
      items: {type: list, of: {name: text, price: money, kind: {type: label, labels: [a, b]}}}
    steps:
      - read: text
      - find: [merchant, date, total]
      - ask: Read this.
        fills: [items]
        when: {missing: [items]}
      - classify: category
      - summarize: merchant
      - check:
        - total is sum of items.price

    """

func parse(_ text: String, file: String = "/specs/a.yaml") throws(SpecFaults) -> Pipeline {
    try PipelineFile.parse(Array(text.utf8), file: file)
}

/// The faults of a text, as a person sees them, without the file's name.
func faults(_ text: String) -> [String] {
    do throws(SpecFaults) {
        _ = try parse(text)
        return []
    } catch {
        return error.faults.map { String($0.description.dropFirst("/specs/a.yaml:".count)) }
    }
}

/// The faults of the good pipeline after a replacement.
func faults(replacing old: String, by new: String) -> [String] {
    precondition(goodSpec.contains(old), old)
    return faults(goodSpec.replacing(old, with: new))
}
