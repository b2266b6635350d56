package io.millrace.broker.storage;

import com.sun.nio.file.ExtendedOpenOption;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Direct writes of this machine's file systems, and a memory of those that refuse them. */
final class OsPastCache implements PastCache {

    private static final Logger LOG = LoggerFactory.getLogger(OsPastCache.class);

    private final Set<java.nio.file.FileStore> refusing = ConcurrentHashMap.newKeySet();

    @Override
    public @Nullable FileChannel open(Path path, OpenOption... more) throws IOException {
        java.nio.file.FileStore fileSystem = Files.getFileStore(path);
        if (refusing.contains(fileSystem) || StoreFile.BLOCK_BYTES % fileSystem.getBlockSize() != 0) {
            return null;
        }
        Set<OpenOption> options = new HashSet<>(List.of(more));
        options.add(StandardOpenOption.WRITE);
        options.add(ExtendedOpenOption.DIRECT);
        return FileChannel.open(path, options);
    }

    /** Tells once for each file system: its other files would be refused as well, and none is asked any more. */
    @Override
    public void onRefused(Path path, IOException refusal) {
        try {
            if (!refusing.add(Files.getFileStore(path))) {
                return;
            }
        } catch (IOException e) {
            refusal.addSuppressed(e);
        }
        LOG.warn(
                "the file system of {} takes no writes past the page cache ({}); all go through it, which costs CPU time",
                path,
                refusal.toString());
    }
}
