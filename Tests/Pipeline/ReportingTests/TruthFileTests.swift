import Testing

@testable import Reporting

@Suite struct TruthFileTests {
    private func fault(_ text: String, path: String = "t.jsonl") -> TruthFault? {
        do throws(TruthFault) {
            _ = try TruthFile(text, path: path)
            return nil
        } catch {
            return error
        }
    }

    @Test func `a line of JSON says what is true of one document`() throws {
        let truth = try TruthFile(
            """
            {"file": "a.jpg", "total": "5.20", "amount": 4.11, "name": ["ALDI", "Aldi GmbH"]}

            {"path": "b.jpg", "total": null, "name": "", "lines": [{"text": "x"}], "box": {"x": 1}}
            """,
            path: "t.jsonl"
        )
        #expect(truth.documents.map(\.file) == ["a.jpg", "b.jpg"])
        #expect(truth.documents[0].values["amount"] == ["4.11"], "exactly as it is written")
        #expect(truth.documents[0].values["name"] == ["ALDI", "Aldi GmbH"])
        #expect(truth.documents[1].values == ["total": [], "name": []])
        #expect(truth.keys == ["amount", "name", "total"])
    }

    @Test func `a line that is no object is told by its number`() {
        let text = "{\"file\": \"a.jpg\"}\n\n{\"file\": }\n"
        guard case .malformed("t.jsonl", line: 3, _) = fault(text) else {
            Issue.record("\(String(describing: fault(text)))")
            return
        }
        guard case .malformed(_, line: 1, let expected) = fault("{\"total\": \"5.20\"}") else {
            Issue.record("a line without a file is taken")
            return
        }
        #expect(expected.contains("\"file\""))
    }

    @Test func `an empty file and a table without paths are no truth`() {
        #expect(fault("\n") == .empty(path: "t.jsonl"))
        #expect(fault("", path: "t.csv") == .empty(path: "t.csv"))
        #expect(fault("path,total\n", path: "t.csv") == .empty(path: "t.csv"))
        #expect(
            fault("name,total\na,5\n", path: "t.csv")
                == .noFileColumn(path: "t.csv", columns: ["name", "total"])
        )
    }

    @Test func `a corrected export is a truth file, quotes and line breaks included`() throws {
        let truth = try TruthFile(
            "path,merchant,total\r\n\"a, b.jpg\",\"The \"\"Old\"\"\nInn\",5.20\r\nc.jpg,,\r\n",
            path: "export.CSV"
        )
        #expect(truth.documents.map(\.file) == ["a, b.jpg", "c.jpg"])
        #expect(truth.documents[0].values["merchant"] == ["The \"Old\"\nInn"])
        #expect(truth.documents[1].values == ["merchant": [], "total": []])
    }

    @Test func `a row with too few cells is told by its line`() {
        let fault = fault("path\ttotal\n\"a\nb.jpg\"\t5\nc.jpg\n", path: "t.tsv")
        guard case .malformed("t.tsv", line: 4, _) = fault else {
            Issue.record("\(String(describing: fault))")
            return
        }
    }
}
