package io.millrace.micro;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AllocationTableTest {
    @TempDir
    private Path folder = Path.of("");

    private final AllocationTable table =
            AllocationTable.of(Map.of("Wire.decode shape=SMALL", 99.7, "Wire.encode", 4000.0));

    @Test
    void readsWhatItHasWritten() throws IOException {
        assertThat(read(table.text())).isEqualTo(table);
    }

    @Test
    void namesTheLineThatIsNone() {
        assertThatThrownBy(() -> read("# comment\n\nWire.decode 12 bytes\n"))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("table.txt line 3")
                .hasMessageContaining("Wire.decode 12 bytes");
    }

    @Test
    void oneSmallObjectMoreIsTooMuch() {
        assertThat(table.violations(Map.of("Wire.decode shape=SMALL", 109.0, "Wire.encode", 4048.0)))
                .isEmpty();
        assertThat(table.violations(Map.of("Wire.decode shape=SMALL", 116.0, "Wire.encode", 4049.0)))
                .containsExactly(
                        "Wire.decode shape=SMALL allocates 116 bytes per operation: 109 are allowed, the table says 100",
                        "Wire.encode allocates 4049 bytes per operation: 4048 are allowed, the table says 4000");
    }

    @Test
    void everyBenchmarkHasALineAndEveryLineABenchmark() {
        assertThat(table.violations(Map.of("Wire.decode shape=SMALL", 100.0, "Wire.copy", 7.0)))
                .containsExactly(
                        "Wire.copy allocates 7 bytes and has no line in the table",
                        "Wire.encode has a line in the table, and there is no such benchmark");
    }

    @Test
    void tellsWhatGotBetter() {
        assertThat(table.improvements(Map.of("Wire.decode shape=SMALL", 100.0, "Wire.encode", 3900.0)))
                .containsExactly("Wire.encode allocates 3900 bytes where the table has 4000");
    }

    private AllocationTable read(String text) throws IOException {
        return AllocationTable.read(Files.writeString(folder.resolve("table.txt"), text));
    }
}
