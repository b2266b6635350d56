package io.millrace.broker;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.Future;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.StringWriter;
import java.lang.reflect.Method;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import javax.tools.JavaCompiler;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The example in the README, as it stands there, compiled and run. */
class ReadmeExampleTest {
    @TempDir
    private Path folder;

    @Test
    void theReadmesExampleRuns() throws Exception {
        Path classes = compile(exampleOf(Path.of("..", "README.md")));
        ByteArrayOutputStream printed = new ByteArrayOutputStream();
        PrintStream before = System.out;
        System.setOut(new PrintStream(printed, true, UTF_8));
        try (URLClassLoader loader =
                new URLClassLoader(new URL[] {classes.toUri().toURL()})) {
            Method run = loader.loadClass("Embedded").getDeclaredMethod("run", String.class);
            run.setAccessible(true);
            Future<?> end = (Future<?>) run.invoke(null, folder.resolve("data").toString());

            end.toCompletionStage().toCompletableFuture().get(60, TimeUnit.SECONDS);
        } finally {
            System.setOut(before);
        }

        assertThat(printed.toString(UTF_8)).containsPattern("clients connect to 127\\.0\\.0\\.1:\\d+");
    }

    private static String exampleOf(Path readme) throws IOException {
        String text = Files.readString(readme);
        int start = text.indexOf("```java\n");
        return text.substring(text.indexOf('\n', start) + 1, text.indexOf("```\n", start + 1));
    }

    private Path compile(String example) throws IOException {
        Path source = Files.writeString(folder.resolve("Embedded.java"), example);
        Path classes = Files.createDirectory(folder.resolve("classes"));
        StringWriter complaints = new StringWriter();
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        try (StandardJavaFileManager manager = compiler.getStandardFileManager(null, null, null)) {
            List<String> options = List.of("-d", classes.toString(), "-proc:none");
            boolean compiled = compiler.getTask(
                            complaints, manager, null, options, null, manager.getJavaFileObjects(source))
                    .call();
            assertThat(compiled).as(complaints.toString()).isTrue();
        }
        return classes;
    }
}
