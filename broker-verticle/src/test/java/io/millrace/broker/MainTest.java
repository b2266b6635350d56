package io.millrace.broker;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.broker.config.ConfigKey;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;

class MainTest {
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();

    private final Main main = new Main(
            new PrintStream(out, true, UTF_8), new PrintStream(err, true, UTF_8), Map.of("MILLRACE_NODE_ID", "4"));

    @Test
    void readsSettingsFromTheEnvironmentAndTheCommandLine() {
        BrokerConfig config =
                Objects.requireNonNull(main.configure("--set", "num.partitions=3", "--set=log.dirs=/a,/b=c"));

        assertThat(config.brokerId()).isEqualTo(4);
        assertThat(config.numPartitions()).isEqualTo(3);
        assertThat(config.logDirs()).hasToString("[/a, /b=c]");
        assertThat(lines(err)).isEmpty();
    }

    @Test
    void showsHelpWithEveryKey() {
        assertThat(main.configure("--help")).isNull();

        assertThat(main.exitCode()).isEqualTo(Main.EXIT_STOPPED);
        assertThat(out.toString(UTF_8)).contains("--config=FILE").contains("; default PLAINTEXT://:9092)");
        assertThat(ConfigKeys.TABLE.keys()).hasSizeGreaterThan(40);
        for (ConfigKey key : ConfigKeys.TABLE.keys()) {
            assertThat(lines(out)).as(key.name()).anyMatch(line -> line.strip().equals(key.name()));
        }
    }

    @Test
    void showsItsVersion() {
        assertThat(main.configure("--version")).isNull();

        assertThat(main.exitCode()).isEqualTo(Main.EXIT_STOPPED);
        assertThat(out.toString(UTF_8)).startsWith("millrace ");
    }

    @Test
    void refusesAWrongCommandLineInOneLine() {
        for (String[] wrong : List.of(
                new String[] {"--sett"},
                new String[] {"--set"},
                new String[] {"--set", "num.partitions"},
                new String[] {"--set", "=3"},
                new String[] {"--config", "no-such-file"},
                new String[] {"start"})) {
            err.reset();
            assertThat(main.configure(wrong)).isNull();
            assertThat(main.exitCode()).isEqualTo(Main.EXIT_USAGE);
            assertThat(lines(err)).hasSize(1).allMatch(line -> line.startsWith("millrace: "));
        }
    }

    @Test
    void namesEveryWrongSetting() {
        assertThat(main.configure("--set", "num.partitons=3", "--set", "default.replication.factor=x"))
                .isNull();

        assertThat(lines(err))
                .containsExactlyInAnyOrder(
                        "millrace: num.partitons=3 (--set): unknown key, did you mean num.partitions?",
                        "millrace: default.replication.factor=x (--set): allowed is a whole number of at least 1");
    }

    private static List<String> lines(ByteArrayOutputStream stream) {
        return stream.toString(UTF_8).lines().toList();
    }
}
