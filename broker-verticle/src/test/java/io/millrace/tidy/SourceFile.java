package io.millrace.tidy;

import com.sun.source.tree.CompilationUnitTree;
import com.sun.source.tree.MethodTree;
import com.sun.source.util.JavacTask;
import com.sun.source.util.SourcePositions;
import com.sun.source.util.TreeScanner;
import com.sun.source.util.Trees;
import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import javax.tools.JavaCompiler;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;

/**
 * A Java file that somebody wrote.
 *
 * @param path from the root of the project, with slashes
 */
record SourceFile(String path, Path absolute, List<String> lines) {
    private static final Set<String> SKIPPED = Set.of("target", ".git", "node_modules", "data");

    /** What is told of a method: its file, its name and its length in lines, from the modifiers to the last brace. */
    interface MethodVisitor {
        void visit(SourceFile file, String method, long lines);
    }

    static List<SourceFile> below(Path root) throws IOException {
        List<SourceFile> files = new ArrayList<>();
        Files.walkFileTree(root, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult preVisitDirectory(Path directory, BasicFileAttributes attributes) {
                return SKIPPED.contains(String.valueOf(directory.getFileName()))
                        ? FileVisitResult.SKIP_SUBTREE
                        : FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                if (file.toString().endsWith(".java")) {
                    String path = root.relativize(file).toString().replace('\\', '/');
                    files.add(new SourceFile(path, file, Files.readAllLines(file)));
                }
                return FileVisitResult.CONTINUE;
            }
        });
        return files;
    }

    boolean isMain() {
        return path.contains("/src/main/");
    }

    static void forEachMethod(List<SourceFile> files, MethodVisitor visitor) throws IOException {
        Map<Path, SourceFile> byPath = files.stream().collect(Collectors.toMap(SourceFile::absolute, file -> file));
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        try (StandardJavaFileManager manager = compiler.getStandardFileManager(null, null, null)) {
            JavacTask task = (JavacTask) compiler.getTask(
                    null, manager, null, List.of(), null, manager.getJavaFileObjectsFromPaths(byPath.keySet()));
            SourcePositions positions = Trees.instance(task).getSourcePositions();
            for (CompilationUnitTree unit : task.parse()) {
                SourceFile file = byPath.get(Path.of(unit.getSourceFile().toUri()));
                if (file == null) {
                    throw new IOException("not asked for: " + unit.getSourceFile());
                }
                file.visitMethods(unit, positions, visitor);
            }
        }
    }

    private void visitMethods(CompilationUnitTree unit, SourcePositions positions, MethodVisitor visitor) {
        new TreeScanner<Void, Void>() {
            @Override
            public Void visitMethod(MethodTree method, Void unused) {
                long start = positions.getStartPosition(unit, method);
                long end = positions.getEndPosition(unit, method);
                if (start >= 0 && end >= 0) {
                    long lines = unit.getLineMap().getLineNumber(end)
                            - unit.getLineMap().getLineNumber(start)
                            + 1;
                    visitor.visit(SourceFile.this, method.getName().toString(), lines);
                }
                return super.visitMethod(method, null);
            }
        }.scan(unit, null);
    }
}
