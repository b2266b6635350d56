package io.millrace.broker.storage;

import com.sun.jna.Native;
import com.sun.jna.Platform;
import java.nio.file.Path;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells Linux which bytes of a file will be read, by {@code posix_fadvise}, for which Java has no call. Elsewhere, or where its
 * library cannot be loaded, it says nothing. Any thread, but nobody uses it when it is closed.
 *
 * <p>Left alone, Linux guesses: a reader that goes on where another ended gets as much as the device's read-ahead allows, which
 * is 8 MB on some machines, and a durable write waits behind all of it.
 */
final class ReadAdvice {

    private static final Logger LOG = LoggerFactory.getLogger(ReadAdvice.class);

    /** Functions of the C library by their own names, as the binding wants them. */
    private static final class LibC {
        static final int O_RDONLY = 0;
        static final int O_CLOEXEC = 0x80000;
        static final int POSIX_FADV_WILLNEED = 3;
        static final boolean IS_LINKED = link();

        private static boolean link() {
            // Where off_t is a long.
            if (!Platform.isLinux() || !Platform.is64Bit()) {
                return false;
            }
            try {
                Native.register(LibC.class, Platform.C_LIBRARY_NAME);
                return true;
            } catch (Error e) {
                // No LinkageError only: an installed library of another version is a plain one.
                LOG.warn(
                        "cold reads may slow durable writes down, because the system gets no advice: {}", e.toString());
                return false;
            }
        }

        static native int open(String path, int flags);

        static native int posix_fadvise(int descriptor, long offset, long length, int advice);

        static native int close(int descriptor);
    }

    private static final int UNOPENED = -2;

    private final Path path;
    /** Of its own, because Java hides that of a channel; the page cache is the same. Negative when there is none. */
    private volatile int descriptor = UNOPENED;

    ReadAdvice(Path path) {
        this.path = path;
    }

    /** Starts to fetch what the page cache does not have; waits for nothing. An error of the disk shows in the read itself. */
    void willNeed(long position, int sizeBytes) {
        int opened = descriptor == UNOPENED ? open() : descriptor;
        if (opened >= 0) {
            LibC.posix_fadvise(opened, position, sizeBytes, LibC.POSIX_FADV_WILLNEED);
        }
    }

    private synchronized int open() {
        if (descriptor == UNOPENED) {
            descriptor = LibC.IS_LINKED ? LibC.open(path.toString(), LibC.O_RDONLY | LibC.O_CLOEXEC) : -1;
        }
        return descriptor;
    }

    synchronized void close() {
        if (descriptor >= 0) {
            LibC.close(descriptor);
        }
        descriptor = -1;
    }
}
