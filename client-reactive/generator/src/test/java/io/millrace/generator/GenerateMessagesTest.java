package io.millrace.generator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The golden files are to be read like code in a review: they are what the generator is for. */
class GenerateMessagesTest {

    private static final Path GOLDEN = Path.of("src/test/resources/golden");
    private static final String MESSAGES = "io/millrace/wire/message";

    @TempDir
    Path folder;

    private Path schemas;
    private Path sources;

    @BeforeEach
    void copySchemas() throws IOException {
        schemas = Files.createDirectory(folder.resolve("schemas"));
        sources = folder.resolve("sources");
        for (String name : new String[] {"HireRequest.json", "HireResponse.json"}) {
            Files.copy(GOLDEN.resolve(name), schemas.resolve(name));
        }
    }

    @Test
    void writesTheGoldenSources() throws IOException {
        GenerateMessages.generate(schemas, sources);

        assertThat(sources.resolve(MESSAGES + "/HireRequest.java"))
                .hasSameTextualContentAs(GOLDEN.resolve("HireRequest.java.txt"));
        assertThat(sources.resolve(MESSAGES + "/HireResponse.java"))
                .hasSameTextualContentAs(GOLDEN.resolve("HireResponse.java.txt"));
        assertThat(sources.resolve("io/millrace/wire/ApiKey.java"))
                .hasSameTextualContentAs(GOLDEN.resolve("ApiKey.java.txt"));
        assertThat(sources.resolve(MESSAGES + "/package-info.java")).content().contains("@NullMarked");
    }

    /** The type is not part of the message: whoever reads a record needs it first, to know which message it is. */
    @Test
    void keysOfRecordsSayTheirTypeAndBelongToNoApi() throws IOException {
        Files.writeString(schemas.resolve("RosterKey.json"), """
                {"type": "coordinator-key", "apiKey": 7, "name": "RosterKey", "validVersions": "0",
                 "flexibleVersions": "none", "fields": [{"name": "team", "type": "string", "versions": "0"}]}
                """);

        GenerateMessages.generate(schemas, sources);

        assertThat(sources.resolve(MESSAGES + "/RosterKey.java"))
                .content()
                .contains("class RosterKey implements WireMessage", "short RECORD_TYPE = 7;")
                .doesNotContain("ApiKey");
        assertThat(sources.resolve("io/millrace/wire/ApiKey.java"))
                .hasSameTextualContentAs(GOLDEN.resolve("ApiKey.java.txt"));
    }

    @Test
    void leavesFilesAloneThatWouldNotChange() throws IOException {
        GenerateMessages.generate(schemas, sources);
        Path unchanged = sources.resolve(MESSAGES + "/HireResponse.java");
        Path changed = sources.resolve(MESSAGES + "/HireRequest.java");
        FileTime past = FileTime.fromMillis(0);
        Files.setLastModifiedTime(unchanged, past);
        Files.writeString(changed, "something else");

        GenerateMessages.generate(schemas, sources);

        assertThat(Files.getLastModifiedTime(unchanged)).isEqualTo(past);
        assertThat(changed).hasSameTextualContentAs(GOLDEN.resolve("HireRequest.java.txt"));
    }

    @Test
    void removesSourcesThatNoSchemaAsksFor() throws IOException {
        GenerateMessages.generate(schemas, sources);
        Path stale = Files.writeString(sources.resolve(MESSAGES + "/FireRequest.java"), "");

        GenerateMessages.generate(schemas, sources);

        assertThat(stale).doesNotExist();
        assertThat(sources.resolve(MESSAGES + "/HireRequest.java")).exists();
    }

    @Test
    void leavesOutMessagesWithoutVersions() throws IOException {
        Files.writeString(
                schemas.resolve("GoneRequest.json"),
                "{'type': 'request', 'apiKey': 4, 'name': 'GoneRequest', 'validVersions': 'none'}".replace('\'', '"'));

        GenerateMessages.generate(schemas, sources);

        assertThat(sources.resolve(MESSAGES + "/GoneRequest.java")).doesNotExist();
    }

    @Test
    void refusesARequestWithoutItsResponse() throws IOException {
        Files.delete(schemas.resolve("HireResponse.json"));

        assertThatThrownBy(() -> GenerateMessages.generate(schemas, sources))
                .isInstanceOf(SchemaException.class)
                .hasMessage("HireRequest has no response");
    }

    @Test
    void refusesAnEmptyFolder() throws IOException {
        Path empty = Files.createDirectory(folder.resolve("empty"));

        assertThatThrownBy(() -> GenerateMessages.generate(empty, sources))
                .isInstanceOf(SchemaException.class)
                .hasMessageStartingWith("no schemas in ");
    }
}
