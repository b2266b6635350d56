package io.millrace.broker.storage;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** A log of its own for each test. */
abstract class LogTestBase {

    @TempDir
    Path parent;

    LogFixture fixture;

    @BeforeEach
    void create() throws IOException {
        use(config());
    }

    /** What the log of each test begins with. */
    LogConfig config() {
        return LogFixture.SMALL_SEGMENTS;
    }

    LogResources resources() {
        return new LogResources(new OsFileStore(), 16);
    }

    /** Puts an empty log with another config in its place. */
    final void use(LogConfig config) throws IOException {
        new OsFileStore().deleteTree(parent.resolve(LogFixture.ID.directoryName()));
        fixture = new LogFixture(parent, config, resources());
    }
}
