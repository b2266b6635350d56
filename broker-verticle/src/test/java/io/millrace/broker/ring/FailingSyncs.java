package io.millrace.broker.ring;

import io.millrace.broker.storage.FileStore;
import io.millrace.broker.storage.OsFileStore;
import io.millrace.broker.storage.StoreFile;
import java.io.IOException;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;

/** The real file system, whose journal syncs fail from a moment on. */
final class FailingSyncs {

    private static final Set<String> SYNCS = Set.of("sync", "writeDurably");

    private final AtomicBoolean failing = new AtomicBoolean();

    void start() {
        failing.set(true);
    }

    FileStore store() {
        OsFileStore real = new OsFileStore();
        return proxy(FileStore.class, (proxy, method, arguments) -> {
            Object result = call(real, method, arguments);
            return result instanceof StoreFile file && file.path().toString().endsWith(".mj") ? failing(file) : result;
        });
    }

    private StoreFile failing(StoreFile file) {
        return proxy(StoreFile.class, (proxy, method, arguments) -> {
            if (SYNCS.contains(method.getName()) && failing.get()) {
                throw new IOException(
                        "Input/output error: " + Path.of(file.path().toString()));
            }
            return call(file, method, arguments);
        });
    }

    private static Object call(Object target, Method method, Object[] arguments) throws Throwable {
        try {
            return method.invoke(target, arguments);
        } catch (InvocationTargetException e) {
            throw e.getCause();
        }
    }

    private static <T> T proxy(Class<T> type, InvocationHandler handler) {
        return type.cast(Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, handler));
    }
}
