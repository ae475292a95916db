// The bundler turns an imported style sheet into the panel's .css file.
declare module '*.css';
