package io.millrace.broker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.millrace.broker.config.ConfigEntry;
import io.millrace.broker.config.ConfigEntry.Source;
import io.millrace.broker.config.ConfigException;
import io.millrace.broker.config.ConfigSources;
import io.millrace.broker.config.ListenerAddress;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BrokerConfigTest {
    @Test
    void hasADefaultForEverythingThatABrokerNeeds() {
        BrokerConfig config = BrokerConfig.parse(Map.of());

        assertThat(config.brokerId()).isEqualTo(1);
        assertThat(config.listeners()).containsExactly(new ListenerAddress("PLAINTEXT", "", 9092));
        assertThat(config.advertisedListeners()).isEmpty();
        assertThat(config.logDirs()).containsExactly(Path.of("data"));
        assertThat(config.networkThreads()).isPositive();
        assertThat(config.socketRequestMaxBytes()).isEqualTo(104_857_600);
        assertThat(config.autoCreateTopics()).isTrue();
        assertThat(config.describe()).isNotEmpty().allMatch(entry -> entry.source() == Source.DEFAULT);
    }

    @Test
    void refusesAnUnknownKeyAndNamesTheNearest() {
        assertThat(problemsOf(Map.of("num.partitons", "3")))
                .containsExactly("num.partitons=3 (given by the program): unknown key, did you mean num.partitions?");
        assertThat(problemsOf(Map.of("lisetners", "x")).get(0)).contains("did you mean listeners?");
        assertThat(problemsOf(Map.of("zookeeper.connect", "x")).get(0)).endsWith("unknown key");
    }

    @Test
    void refusesABadValueAndSaysWhatIsAllowed() {
        assertThat(problemsOf(Map.of("num.partitions", "0")))
                .containsExactly("num.partitions=0 (given by the program): allowed is a whole number of at least 1");
        assertThat(problemsOf(Map.of("durability", "disk")).get(0)).endsWith("allowed is one of journal, os");
        for (Map.Entry<String, String> bad : List.of(
                Map.entry("node.id", "x"),
                Map.entry("node.id", "99999999999"),
                Map.entry("auto.create.topics.enable", "yes"),
                Map.entry("log.dirs", " "),
                Map.entry("log.cleanup.policy", "delete,keep"),
                Map.entry("log.segment.bytes", "1000"),
                Map.entry("log.cleaner.enable", "maybe"),
                Map.entry("log.cleaner.backoff.ms", "0"),
                Map.entry("log.cleaner.dedupe.buffer.size", "1000"),
                Map.entry("log.cleaner.io.max.bytes.per.second", "0"),
                Map.entry("log.cleaner.io.max.bytes.per.second", "NaN"),
                Map.entry("log.cleaner.min.cleanable.ratio", "1.5"),
                Map.entry("compression.gzip.level", "0"))) {
            assertThat(problemsOf(Map.ofEntries(bad))).hasSize(1);
        }
    }

    @Test
    void refusesListenersThatCannotWork() {
        for (String bad : List.of(
                "",
                "9092",
                "localhost:9092",
                "PLAINTEXT://localhost",
                "PLAINTEXT://localhost:x",
                "PLAINTEXT://localhost:65536",
                "PLAINTEXT://localhost:-1",
                "SSL://localhost:9092",
                "PLAINTEXT://::1:9092",
                "PLAINTEXT://a:1,PLAINTEXT://b:2",
                "PLAINTEXT://a:1,")) {
            assertThat(problemsOf(Map.of("listeners", bad))).as(bad).hasSize(1);
        }
        for (String bad : List.of("PLAINTEXT://:9092", "PLAINTEXT://0.0.0.0:9092", "PLAINTEXT://host:0")) {
            assertThat(problemsOf(Map.of("advertised.listeners", bad))).as(bad).hasSize(1);
        }
        assertThat(BrokerConfig.parse(Map.of("listeners", "plaintext://[::1]:0"))
                        .listeners())
                .containsExactly(new ListenerAddress("PLAINTEXT", "::1", 0));
    }

    @Test
    void reportsEveryProblemAtOnce() {
        assertThat(problemsOf(Map.of("a", "1", "num.partitions", "x", "broker.id", "2", "node.id", "3")))
                .hasSize(3);
    }

    @Test
    void takesTheBrokerIdUnderItsOldName() {
        BrokerConfig config = BrokerConfig.parse(Map.of("broker.id", "7"));

        assertThat(config.brokerId()).isEqualTo(7);
        assertThat(entry(config, "node.id").value()).isEqualTo("7");
    }

    @Test
    void letsTheCommandLineWinOverTheEnvironmentAndThatOverTheFile(@TempDir Path directory) throws IOException {
        Path file = Files.writeString(
                directory.resolve("server.properties"),
                "num.partitions=1\ndefault.replication.factor=1\nfetch.max.bytes = 5000\n");

        BrokerConfig config = BrokerConfig.parse(new ConfigSources()
                .file(file)
                .environment(Map.of(
                        "MILLRACE_NUM_PARTITIONS", "2",
                        "MILLRACE_DEFAULT_REPLICATION_FACTOR", "2",
                        "MILLRACE_JAVA_OPTS", "-Xmx1g",
                        "MILLRACE_SERVICE_HOST", "10.0.0.1",
                        "MILLRACE_PORT_9092_TCP", "tcp://10.0.0.1:9092",
                        "PATH", "/bin"))
                .commandLine(Map.of("num.partitions", "3")));

        assertThat(config.numPartitions()).isEqualTo(3);
        assertThat(config.defaultReplicationFactor()).isEqualTo(2);
        assertThat(config.fetchMaxBytes()).isEqualTo(5000);
    }

    @Test
    void namesWhereABadSettingWasWritten(@TempDir Path directory) throws IOException {
        Path file = Files.writeString(directory.resolve("server.properties"), "num.partitions=x\n");

        ConfigException failure = catchThrowableOfType(
                ConfigException.class,
                () -> BrokerConfig.parse(new ConfigSources()
                        .file(file)
                        .environment(Map.of("MILLRACE_NODE_ID", "x", "MILLRACE_LISTENER", "y"))
                        .commandLine(Map.of("broker.rack", ""))));

        assertThat(failure.problems())
                .hasSize(4)
                .anyMatch(problem -> problem.contains("(file " + file + ")"))
                .anyMatch(problem -> problem.contains("(environment variable MILLRACE_NODE_ID)"))
                .anyMatch(problem -> problem.contains("MILLRACE_LISTENER") && problem.contains("mean listeners?"))
                .anyMatch(problem -> problem.contains("(--set)"));
    }

    @Test
    void refusesAFileThatIsNotThere() {
        ConfigException failure = catchThrowableOfType(
                ConfigException.class, () -> new ConfigSources().file(Path.of("no-such.properties")));

        assertThat(failure.problems()).containsExactly("the configuration file no-such.properties does not exist");
    }

    @Test
    void putsDynamicSettingsOverThoseOfTheStart() {
        BrokerConfig config = BrokerConfig.parse(Map.of("message.max.bytes", "1"))
                .withDynamic(
                        Map.of("message.max.bytes", "2", "log.retention.ms", "5"), Map.of("message.max.bytes", "3"));

        ConfigEntry entry = entry(config, "message.max.bytes");

        assertThat(entry.value()).isEqualTo("3");
        assertThat(entry.source()).isEqualTo(Source.DYNAMIC_BROKER);
        assertThat(entry.synonyms()).extracting(ConfigEntry.Synonym::value).containsExactly("3", "2", "1", "1048588");
        assertThat(TopicConfig.resolve(config, Map.of()).maxMessageBytes()).isEqualTo(3);
        assertThat(TopicConfig.resolve(config, Map.of()).retentionMs()).isEqualTo(5);
    }

    @Test
    void refusesToChangeAtRunTimeWhatTakesAStart() {
        assertThat(BrokerConfig.problemWithDynamic(Map.of("log.retention.ms", "5")))
                .isNull();
        assertThat(BrokerConfig.problemWithDynamic(Map.of("node.id", "5"))).contains("cannot be changed");
        assertThat(BrokerConfig.problemWithDynamic(Map.of("log.retention.ms", "x")))
                .contains("allowed is");
        assertThat(BrokerConfig.problemWithDynamic(Map.of("nothing", "x"))).contains("unknown key");
    }

    private static ConfigEntry entry(BrokerConfig config, String name) {
        return config.describe().stream()
                .filter(each -> each.name().equals(name))
                .findFirst()
                .orElseThrow();
    }

    private static List<String> problemsOf(Map<String, String> settings) {
        return catchThrowableOfType(ConfigException.class, () -> BrokerConfig.parse(settings))
                .problems();
    }
}
