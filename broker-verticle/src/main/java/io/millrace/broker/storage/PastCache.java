package io.millrace.broker.storage;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** The way past the page cache, where there is one. A seam, because file systems without one are rarely at hand. Any thread. */
interface PastCache {

    /** A second channel to an open file, for writing; null where the file system cannot write blocks of ours like that. */
    @Nullable
    FileChannel open(Path path, OpenOption... more) throws IOException;

    /** The file system has opened a file and refused to write to it. */
    void onRefused(Path path, IOException refusal);
}
